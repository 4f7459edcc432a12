-- What the people who run a shop did to it, from the chat and from the console: who, what, when, and what came
-- of it. Written in the transaction that does it, so that neither is there without the other, and found again
-- by whoever does it a second time: `effect_id` names the message or the request it was done for.
CREATE TABLE shop.owner_log (
    id        bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at        timestamptz NOT NULL DEFAULT now(),
    bot       text        NOT NULL,
    effect_id text        NOT NULL UNIQUE,
    who       text        NOT NULL,
    -- The name of what was done, such as `price`, and to what: a product, an order, a discount.
    action    text        NOT NULL,
    target    text        NOT NULL,
    why       text        NOT NULL DEFAULT '',
    -- What came of it, as the code that did it reads it. Never what is for sale.
    outcome   jsonb       NOT NULL DEFAULT '{}'
);
CREATE INDEX owner_log_by_bot ON shop.owner_log (bot, id DESC);
