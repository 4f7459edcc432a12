-- What is sold: a catalogue to browse, who brings the goods, what they look like and what makes them cheaper.

CREATE TABLE {schema}.categories (
    id        integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slug      text    NOT NULL UNIQUE,
    position  integer NOT NULL,
    icon      text    NOT NULL DEFAULT '',
    title_ru  text    NOT NULL CHECK (char_length(title_ru) BETWEEN 1 AND 64),
    title_en  text    NOT NULL CHECK (char_length(title_en) BETWEEN 1 AND 64),
    active    boolean NOT NULL DEFAULT true
);

-- Who brings goods, and how they are told of a sale: in a Telegram chat, or by a signed call.
CREATE TABLE {schema}.suppliers (
    id              integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slug            text    NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9-]{1,64}$'),
    title           text    NOT NULL CHECK (char_length(title) BETWEEN 1 AND 64),
    chat_id         bigint,
    callback_url    text    CHECK (callback_url ~ '^https?://'),
    -- Encrypted, as are the goods.
    callback_secret bytea,
    CHECK ((callback_url IS NULL) = (callback_secret IS NULL))
);

-- Titles end up on buttons and in the short pop-ups of Telegram (200 characters), descriptions in a message (4096).
CREATE TABLE {schema}.products (
    id              integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slug            text    NOT NULL UNIQUE,
    category_id     integer NOT NULL REFERENCES {schema}.categories,
    position        integer NOT NULL,
    title_ru        text    NOT NULL CHECK (char_length(title_ru) BETWEEN 1 AND 64),
    title_en        text    NOT NULL CHECK (char_length(title_en) BETWEEN 1 AND 64),
    description_ru  text    NOT NULL CHECK (char_length(description_ru) <= 1000),
    description_en  text    NOT NULL CHECK (char_length(description_en) <= 1000),
    price_minor     bigint  NOT NULL CHECK (price_minor > 0),
    currency        text    NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    active          boolean NOT NULL DEFAULT true,
    supplier_id     integer REFERENCES {schema}.suppliers
);
CREATE INDEX products_by_category ON {schema}.products (category_id, position, id) WHERE active;

-- What products look like. The bytes are kept, so that any bot and any page can show them.
CREATE TABLE {schema}.pictures (
    product_id integer     PRIMARY KEY REFERENCES {schema}.products ON DELETE CASCADE,
    content    bytea       NOT NULL CHECK (octet_length(content) BETWEEN 1 AND 2097152),
    mime_type  text        NOT NULL CHECK (mime_type IN ('image/jpeg', 'image/png')),
    -- Of the content: names it in addresses, so that what was cached by name is never out of date.
    digest     text        NOT NULL CHECK (digest ~ '^[0-9a-f]{32}$'),
    changed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX pictures_by_digest ON {schema}.pictures (digest);

-- What Telegram calls a picture: its name for a file is good for one bot alone.
CREATE TABLE {schema}.picture_files (
    bot     text NOT NULL,
    digest  text NOT NULL,
    file_id text NOT NULL,
    PRIMARY KEY (bot, digest)
);

-- What makes goods cheaper. The best one counts, they do not add up.
CREATE TABLE {schema}.discounts (
    id           integer     GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    title_ru     text        NOT NULL CHECK (char_length(title_ru) BETWEEN 1 AND 64),
    title_en     text        NOT NULL CHECK (char_length(title_en) BETWEEN 1 AND 64),
    -- NULL: all products.
    product_id   integer     REFERENCES {schema}.products,
    -- NULL: for everybody.
    promo_code   text        CHECK (promo_code ~ '^[A-Z0-9_-]{3,32}$'),
    -- For so many of one product in an order, and more.
    min_quantity integer     NOT NULL DEFAULT 1 CHECK (min_quantity BETWEEN 1 AND 1000),
    percent      smallint    NOT NULL CHECK (percent BETWEEN 1 AND 90),
    starts_at    timestamptz NOT NULL DEFAULT now(),
    ends_at      timestamptz CHECK (ends_at > starts_at),
    -- For promo codes: in how many orders.
    uses_max     integer     CHECK (uses_max > 0),
    uses         integer     NOT NULL DEFAULT 0,
    active       boolean     NOT NULL DEFAULT true,
    CHECK (uses_max IS NULL OR promo_code IS NOT NULL)
);
CREATE INDEX discounts_by_promo_code ON {schema}.discounts (promo_code) WHERE promo_code IS NOT NULL;
