-- The shop: a catalogue to browse, orders to fulfil. It has a schema of its own, as every bundled bot does,
-- so that an owner sees at a glance what belongs to whom.

CREATE SCHEMA shop;

CREATE TABLE shop.categories (
    id        integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slug      text    NOT NULL UNIQUE,
    position  integer NOT NULL,
    icon      text    NOT NULL DEFAULT '',
    title_ru  text    NOT NULL CHECK (char_length(title_ru) BETWEEN 1 AND 64),
    title_en  text    NOT NULL CHECK (char_length(title_en) BETWEEN 1 AND 64),
    active    boolean NOT NULL DEFAULT true
);

-- Titles end up on buttons and in the short pop-ups of Telegram (200 characters), descriptions in a message (4096).
CREATE TABLE shop.products (
    id              integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slug            text    NOT NULL UNIQUE,
    category_id     integer NOT NULL REFERENCES shop.categories,
    position        integer NOT NULL,
    title_ru        text    NOT NULL CHECK (char_length(title_ru) BETWEEN 1 AND 64),
    title_en        text    NOT NULL CHECK (char_length(title_en) BETWEEN 1 AND 64),
    description_ru  text    NOT NULL CHECK (char_length(description_ru) <= 1000),
    description_en  text    NOT NULL CHECK (char_length(description_en) <= 1000),
    price_minor     bigint  NOT NULL CHECK (price_minor > 0),
    currency        text    NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    active          boolean NOT NULL DEFAULT true
);

CREATE INDEX products_by_category ON shop.products (category_id, position, id) WHERE active;

-- A customer reads the id as the order number. `effect_id` names the message that placed the order:
-- the handler of that message may run again after a crash, and the order must not be placed again.
CREATE TABLE shop.orders (
    id           bigint GENERATED ALWAYS AS IDENTITY (START WITH 1001) PRIMARY KEY,
    effect_id    text        NOT NULL UNIQUE,
    bot          text        NOT NULL,
    chat_id      bigint      NOT NULL,
    user_id      bigint      NOT NULL,
    language     text        NOT NULL CHECK (language IN ('ru', 'en')),
    contact      text        NOT NULL,
    comment      text        NOT NULL DEFAULT '',
    status       text        NOT NULL DEFAULT 'new' CHECK (status IN ('new')),
    total_minor  bigint      NOT NULL CHECK (total_minor > 0),
    currency     text        NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    created_at   timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX orders_by_customer ON shop.orders (bot, user_id, id DESC);

-- Title and price are copied: an order keeps saying what was agreed, whatever the catalogue says later.
CREATE TABLE shop.order_lines (
    order_id     bigint  NOT NULL REFERENCES shop.orders ON DELETE CASCADE,
    line         integer NOT NULL,
    product_id   integer NOT NULL REFERENCES shop.products,
    title        text    NOT NULL,
    quantity     integer NOT NULL CHECK (quantity > 0),
    price_minor  bigint  NOT NULL CHECK (price_minor > 0),
    PRIMARY KEY (order_id, line)
);
