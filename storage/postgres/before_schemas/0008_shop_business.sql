-- The shop as a business: goods in stock, discounts, customers with friends and a balance, orders that are paid
-- for and delivered, and what its consultant costs.

-- Who brings goods, and how they are told of a sale: in a Telegram chat, or by a signed call.
CREATE TABLE shop.suppliers (
    id              integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slug            text    NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9-]{1,64}$'),
    title           text    NOT NULL CHECK (char_length(title) BETWEEN 1 AND 64),
    chat_id         bigint,
    callback_url    text    CHECK (callback_url ~ '^https?://'),
    -- Encrypted, as are the goods.
    callback_secret bytea,
    CHECK ((callback_url IS NULL) = (callback_secret IS NULL))
);

ALTER TABLE shop.products ADD COLUMN supplier_id integer REFERENCES shop.suppliers;

-- From placed to over. `awaiting_payment` holds its goods until `reserved_until`.
--   awaiting_payment -> paid -> delivered
--                    -> expired | canceled -> paid (paid all the same, and the goods were still there)
--   any -> refunding -> refunded
ALTER TABLE shop.orders
    DROP CONSTRAINT orders_status_check,
    ADD COLUMN promo_code     text,
    -- The part of the total that was paid from the customer's balance.
    ADD COLUMN balance_minor  bigint NOT NULL DEFAULT 0 CHECK (balance_minor >= 0),
    ADD COLUMN reserved_until timestamptz,
    ADD COLUMN paid_at        timestamptz,
    ADD COLUMN delivered_at   timestamptz,
    ADD COLUMN closed_at      timestamptz,
    -- When the order was counted in the leaderboard.
    ADD COLUMN ranked_at      timestamptz;
-- Until now orders were settled by hand.
UPDATE shop.orders SET status = 'canceled', closed_at = now();
ALTER TABLE shop.orders
    ALTER COLUMN status SET DEFAULT 'awaiting_payment',
    ADD CONSTRAINT orders_status_check CHECK (status IN
        ('awaiting_payment', 'paid', 'delivered', 'expired', 'canceled', 'refunding', 'refunded')),
    ADD CONSTRAINT orders_balance_check CHECK (balance_minor <= total_minor);
CREATE INDEX orders_by_day ON shop.orders (created_at);

-- What one of the goods cost without any discount; `price_minor` is what was agreed.
ALTER TABLE shop.order_lines ADD COLUMN list_price_minor bigint;
UPDATE shop.order_lines SET list_price_minor = price_minor;
ALTER TABLE shop.order_lines
    ALTER COLUMN list_price_minor SET NOT NULL,
    ADD CONSTRAINT order_lines_discount_check CHECK (price_minor <= list_price_minor);

-- One thing that can be sold once. Free without an order; held for an order until `reserved_until`, after which
-- anybody may have it; sold with `sold_at`.
CREATE TABLE shop.stock_items (
    id             bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    product_id     integer     NOT NULL REFERENCES shop.products,
    kind           text        NOT NULL CHECK (kind IN ('code', 'link', 'file')),
    -- Encrypted: the code, the link, or the bytes of the file.
    content        bytea       NOT NULL,
    file_name      text        CHECK ((kind = 'file') = (file_name IS NOT NULL)),
    -- A keyed digest of the content: the same thing is not put into stock twice.
    fingerprint    bytea       NOT NULL,
    order_id       bigint      REFERENCES shop.orders,
    reserved_until timestamptz,
    sold_at        timestamptz,
    withdrawn_at   timestamptz,
    added_at       timestamptz NOT NULL DEFAULT now(),
    added_by       text        NOT NULL,
    UNIQUE (product_id, fingerprint),
    CHECK ((order_id IS NULL) = (reserved_until IS NULL AND sold_at IS NULL)),
    CHECK (reserved_until IS NULL OR sold_at IS NULL)
) WITH (fillfactor = 80);

CREATE INDEX stock_items_unsold ON shop.stock_items (product_id, id) WHERE sold_at IS NULL AND withdrawn_at IS NULL;
CREATE INDEX stock_items_by_order ON shop.stock_items (order_id) WHERE order_id IS NOT NULL;

-- What makes goods cheaper. The best one counts, they do not add up.
CREATE TABLE shop.discounts (
    id           integer     GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    title_ru     text        NOT NULL CHECK (char_length(title_ru) BETWEEN 1 AND 64),
    title_en     text        NOT NULL CHECK (char_length(title_en) BETWEEN 1 AND 64),
    -- NULL: all products.
    product_id   integer     REFERENCES shop.products,
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
CREATE INDEX discounts_by_promo_code ON shop.discounts (promo_code) WHERE promo_code IS NOT NULL;

-- The one truth of what can be bought now and for how much: a row for each product that is on sale, also when
-- none is left. `discounts` are those in force now, promo codes included:
-- [{"id", "title_ru", "title_en", "promo_code", "min_quantity", "percent", "price_minor"}], price_minor for one.
CREATE VIEW shop.available_stock_with_discounts AS
SELECT
    p.id AS product_id, p.category_id, p.position, p.slug, p.title_ru, p.title_en, p.description_ru,
    p.description_en, p.currency, p.price_minor, p.supplier_id,
    (SELECT count(*) FROM shop.stock_items AS item
     WHERE item.product_id = p.id AND item.sold_at IS NULL AND item.withdrawn_at IS NULL
       AND (item.order_id IS NULL OR item.reserved_until <= now()))::int AS available,
    (SELECT coalesce(jsonb_agg(jsonb_build_object(
        'id', d.id, 'title_ru', d.title_ru, 'title_en', d.title_en, 'promo_code', d.promo_code,
        'min_quantity', d.min_quantity, 'percent', d.percent,
        'price_minor', greatest(1, p.price_minor - p.price_minor * d.percent / 100)
     ) ORDER BY d.min_quantity, d.percent, d.id), '[]')
     FROM shop.discounts AS d
     WHERE d.active AND (d.product_id IS NULL OR d.product_id = p.id)
       AND d.starts_at <= now() AND (d.ends_at IS NULL OR d.ends_at > now())
       AND (d.uses_max IS NULL OR d.uses < d.uses_max)) AS discounts
FROM shop.products AS p
JOIN shop.categories AS c ON c.id = p.category_id AND c.active
WHERE p.active;

-- People, by bot. Who brought them is settled at the first /start and never changes.
CREATE TABLE shop.customers (
    bot         text        NOT NULL,
    user_id     bigint      NOT NULL,
    chat_id     bigint      NOT NULL,
    name        text        NOT NULL,
    language    text        NOT NULL CHECK (language IN ('ru', 'en')),
    contact     text        NOT NULL DEFAULT '',
    referrer_id bigint,
    first_seen  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (bot, user_id),
    CHECK (referrer_id <> user_id)
);
CREATE INDEX customers_by_referrer ON shop.customers (bot, referrer_id) WHERE referrer_id IS NOT NULL;

-- Every change of a customer's balance, at most once for an order, a kind and a level. The balance is their sum.
CREATE TABLE shop.balance_entries (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    bot          text        NOT NULL,
    user_id      bigint      NOT NULL,
    -- bonus: a friend has bought; revoked: and was given the money back; spent: part of an order was paid with
    -- it; returned: that order did not come to be; refund: a payment that its provider cannot give back.
    kind         text        NOT NULL CHECK (kind IN ('bonus', 'revoked', 'spent', 'returned', 'refund')),
    order_id     bigint      NOT NULL REFERENCES shop.orders,
    -- How far away the friend is: 1 was brought by the customer, 2 by one of those.
    level        smallint    NOT NULL DEFAULT 0,
    amount_minor bigint      NOT NULL CHECK (CASE WHEN kind IN ('spent', 'revoked') THEN amount_minor < 0 ELSE amount_minor > 0 END),
    currency     text        NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    created_at   timestamptz NOT NULL DEFAULT now(),
    -- A second payment of one order that cannot be given back is worth a second entry.
    payment_id   bigint,
    UNIQUE NULLS NOT DISTINCT (order_id, user_id, kind, level, payment_id)
);
CREATE INDEX balance_entries_by_customer ON shop.balance_entries (bot, user_id, currency);

-- Who has bought most in a month (its first day, UTC).
CREATE TABLE shop.leaderboard (
    bot         text    NOT NULL,
    month       date    NOT NULL,
    currency    text    NOT NULL,
    user_id     bigint  NOT NULL,
    orders      integer NOT NULL,
    spent_minor bigint  NOT NULL,
    PRIMARY KEY (bot, month, currency, user_id)
);

-- What the consultant cost. Prices are a millionth of a US dollar, as model sellers count in dollars.
CREATE TABLE shop.model_usage (
    id                bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at                timestamptz NOT NULL DEFAULT now(),
    bot               text        NOT NULL,
    user_id           bigint      NOT NULL,
    model             text        NOT NULL,
    purpose           text        NOT NULL CHECK (purpose IN ('intent', 'answer', 'summary')),
    prompt_tokens     integer     NOT NULL,
    completion_tokens integer     NOT NULL,
    cost_micro_usd    bigint      NOT NULL
);
CREATE INDEX model_usage_by_time ON shop.model_usage (bot, at);
CREATE INDEX model_usage_by_user ON shop.model_usage (bot, user_id, at);
