-- What customers say is wrong with an order that they paid for. There is one for an order: whatever is written later
-- is added to it. It is open from `opened_at` on, until the shop has answered, replaced or refunded.
CREATE TABLE shop.complaints (
    order_id  bigint      PRIMARY KEY REFERENCES shop.orders,
    bot       text        NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT now(),
    closed_at timestamptz
);
CREATE INDEX complaints_open ON shop.complaints (bot, opened_at) WHERE closed_at IS NULL;

-- What was written, once for the message or the request that it came with.
CREATE TABLE shop.complaint_messages (
    id        bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id  bigint      NOT NULL REFERENCES shop.complaints,
    effect_id text        NOT NULL UNIQUE,
    at        timestamptz NOT NULL DEFAULT now(),
    -- Who of the shop; NULL: the customer.
    who       text,
    text      text        NOT NULL CHECK (text <> '')
);
CREATE INDEX complaint_messages_by_order ON shop.complaint_messages (order_id, id);

-- One that did not work stays with its order and is never sold again; another one of its product `replaces` it.
ALTER TABLE shop.stock_items
    ADD COLUMN dead_at  timestamptz,
    ADD COLUMN replaces bigint UNIQUE REFERENCES shop.stock_items,
    ADD CONSTRAINT stock_items_dead_check CHECK (dead_at IS NULL OR sold_at IS NOT NULL);
