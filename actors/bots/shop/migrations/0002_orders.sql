-- What is ordered, the things that orders are filled with, and what customers say is wrong with them.

-- From placed to over. `awaiting_payment` holds its goods until `reserved_until`.
--   awaiting_payment -> paid -> delivered
--                    -> expired | canceled -> paid (paid all the same, and the goods were still there)
--   any -> refunding -> refunded
-- A customer reads the id as the order number. `effect_id` names the message that placed the order: the handler of
-- that message may run again after a crash, and the order must not be placed again.
CREATE TABLE {schema}.orders (
    id             bigint GENERATED ALWAYS AS IDENTITY (START WITH 1001) PRIMARY KEY,
    effect_id      text        NOT NULL UNIQUE,
    bot            text        NOT NULL,
    chat_id        bigint      NOT NULL,
    user_id        bigint      NOT NULL,
    language       text        NOT NULL CHECK (language IN ('ru', 'en')),
    contact        text        NOT NULL,
    comment        text        NOT NULL DEFAULT '',
    status         text        NOT NULL DEFAULT 'awaiting_payment' CHECK (status IN
        ('awaiting_payment', 'paid', 'delivered', 'expired', 'canceled', 'refunding', 'refunded')),
    total_minor    bigint      NOT NULL CHECK (total_minor > 0),
    currency       text        NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    created_at     timestamptz NOT NULL DEFAULT now(),
    promo_code     text,
    -- The part of the total that was paid from the customer's balance.
    balance_minor  bigint      NOT NULL DEFAULT 0 CHECK (balance_minor >= 0),
    reserved_until timestamptz,
    paid_at        timestamptz,
    delivered_at   timestamptz,
    closed_at      timestamptz,
    -- When the order was counted in the leaderboard.
    ranked_at      timestamptz,
    CONSTRAINT orders_balance_check CHECK (balance_minor <= total_minor)
);
CREATE INDEX orders_by_customer ON {schema}.orders (bot, user_id, id DESC);
CREATE INDEX orders_by_day ON {schema}.orders (created_at);

-- Title and price are copied: an order keeps saying what was agreed, whatever the catalogue says later.
CREATE TABLE {schema}.order_lines (
    order_id         bigint  NOT NULL REFERENCES {schema}.orders ON DELETE CASCADE,
    line             integer NOT NULL,
    product_id       integer NOT NULL REFERENCES {schema}.products,
    title            text    NOT NULL,
    quantity         integer NOT NULL CHECK (quantity > 0),
    price_minor      bigint  NOT NULL CHECK (price_minor > 0),
    -- What one of the goods cost without any discount; `price_minor` is what was agreed.
    list_price_minor bigint  NOT NULL,
    PRIMARY KEY (order_id, line),
    CONSTRAINT order_lines_discount_check CHECK (price_minor <= list_price_minor)
);

-- One thing that can be sold once. Free without an order; held for an order until `reserved_until`, after which
-- anybody may have it; sold with `sold_at`.
CREATE TABLE {schema}.stock_items (
    id             bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    product_id     integer     NOT NULL REFERENCES {schema}.products,
    kind           text        NOT NULL CHECK (kind IN ('code', 'link', 'file')),
    -- Encrypted: the code, the link, or the bytes of the file.
    content        bytea       NOT NULL,
    file_name      text        CHECK ((kind = 'file') = (file_name IS NOT NULL)),
    -- A keyed digest of the content: the same thing is not put into stock twice.
    fingerprint    bytea       NOT NULL,
    order_id       bigint      REFERENCES {schema}.orders,
    reserved_until timestamptz,
    sold_at        timestamptz,
    withdrawn_at   timestamptz,
    added_at       timestamptz NOT NULL DEFAULT now(),
    added_by       text        NOT NULL,
    -- After a restore: may have been sold since the backup, and is not sold until the owner confirms it.
    doubted        boolean     NOT NULL DEFAULT false,
    -- One that did not work stays with its order and is never sold again; another one of its product `replaces` it.
    dead_at        timestamptz,
    replaces       bigint      UNIQUE REFERENCES {schema}.stock_items,
    UNIQUE (product_id, fingerprint),
    CHECK ((order_id IS NULL) = (reserved_until IS NULL AND sold_at IS NULL)),
    CHECK (reserved_until IS NULL OR sold_at IS NULL),
    CHECK (NOT doubted OR withdrawn_at IS NOT NULL),
    CONSTRAINT stock_items_dead_check CHECK (dead_at IS NULL OR sold_at IS NOT NULL)
) WITH (fillfactor = 80);
CREATE INDEX stock_items_unsold ON {schema}.stock_items (product_id, id) WHERE sold_at IS NULL AND withdrawn_at IS NULL;
CREATE INDEX stock_items_by_order ON {schema}.stock_items (order_id) WHERE order_id IS NOT NULL;

-- The restores for which free goods were doubted: it is done once.
CREATE TABLE {schema}.restores (
    since_ms bigint      PRIMARY KEY,
    done_at  timestamptz NOT NULL DEFAULT now()
);

-- The one truth of what can be bought now and for how much: a row for each product that is on sale, also when
-- none is left. `discounts` are those in force now, promo codes included:
-- [{"id", "title_ru", "title_en", "promo_code", "min_quantity", "percent", "price_minor"}], price_minor for one.
CREATE VIEW {schema}.available_stock_with_discounts AS
SELECT
    p.id AS product_id, p.category_id, p.position, p.slug, p.title_ru, p.title_en, p.description_ru,
    p.description_en, p.currency, p.price_minor, p.supplier_id,
    (SELECT count(*) FROM {schema}.stock_items AS item
     WHERE item.product_id = p.id AND item.sold_at IS NULL AND item.withdrawn_at IS NULL
       AND (item.order_id IS NULL OR item.reserved_until <= now()))::int AS available,
    (SELECT coalesce(jsonb_agg(jsonb_build_object(
        'id', d.id, 'title_ru', d.title_ru, 'title_en', d.title_en, 'promo_code', d.promo_code,
        'min_quantity', d.min_quantity, 'percent', d.percent,
        'price_minor', greatest(1, p.price_minor - p.price_minor * d.percent / 100)
     ) ORDER BY d.min_quantity, d.percent, d.id), '[]')
     FROM {schema}.discounts AS d
     WHERE d.active AND (d.product_id IS NULL OR d.product_id = p.id)
       AND d.starts_at <= now() AND (d.ends_at IS NULL OR d.ends_at > now())
       AND (d.uses_max IS NULL OR d.uses < d.uses_max)) AS discounts,
    (SELECT picture.digest FROM {schema}.pictures AS picture WHERE picture.product_id = p.id) AS picture
FROM {schema}.products AS p
JOIN {schema}.categories AS c ON c.id = p.category_id AND c.active
WHERE p.active;

-- What customers say is wrong with an order that they paid for. There is one for an order: whatever is written later
-- is added to it. It is open from `opened_at` on, until the shop has answered, replaced or refunded.
CREATE TABLE {schema}.complaints (
    order_id  bigint      PRIMARY KEY REFERENCES {schema}.orders,
    bot       text        NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT now(),
    closed_at timestamptz
);
CREATE INDEX complaints_open ON {schema}.complaints (bot, opened_at) WHERE closed_at IS NULL;

-- What was written, once for the message or the request that it came with.
CREATE TABLE {schema}.complaint_messages (
    id        bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id  bigint      NOT NULL REFERENCES {schema}.complaints,
    effect_id text        NOT NULL UNIQUE,
    at        timestamptz NOT NULL DEFAULT now(),
    -- Who of the shop; NULL: the customer.
    who       text,
    text      text        NOT NULL CHECK (text <> '')
);
CREATE INDEX complaint_messages_by_order ON {schema}.complaint_messages (order_id, id);
