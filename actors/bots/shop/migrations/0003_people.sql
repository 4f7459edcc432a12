-- People: customers with friends and a balance, what the consultant costs for them, and those who run the shop.

-- People, by bot. Who brought them is settled at the first /start and never changes.
CREATE TABLE {schema}.customers (
    bot         text        NOT NULL,
    user_id     bigint      NOT NULL,
    chat_id     bigint      NOT NULL,
    name        text        NOT NULL,
    language    text        NOT NULL CHECK (language IN ('ru', 'en')),
    contact     text        NOT NULL DEFAULT '',
    referrer_id bigint,
    first_seen  timestamptz NOT NULL DEFAULT now(),
    -- Whether they are told by broadcasts. What is about an order comes all the same.
    wants_news  boolean     NOT NULL DEFAULT true,
    PRIMARY KEY (bot, user_id),
    CHECK (referrer_id <> user_id)
);
CREATE INDEX customers_by_referrer ON {schema}.customers (bot, referrer_id) WHERE referrer_id IS NOT NULL;

-- Every change of a customer's balance, at most once for an order, a kind and a level. The balance is their sum.
CREATE TABLE {schema}.balance_entries (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    bot          text        NOT NULL,
    user_id      bigint      NOT NULL,
    -- bonus: a friend has bought; revoked: and was given the money back; spent: part of an order was paid with
    -- it; returned: that order did not come to be; refund: a payment that its provider cannot give back.
    kind         text        NOT NULL CHECK (kind IN ('bonus', 'revoked', 'spent', 'returned', 'refund')),
    order_id     bigint      NOT NULL REFERENCES {schema}.orders,
    -- How far away the friend is: 1 was brought by the customer, 2 by one of those.
    level        smallint    NOT NULL DEFAULT 0,
    amount_minor bigint      NOT NULL CHECK (CASE WHEN kind IN ('spent', 'revoked') THEN amount_minor < 0 ELSE amount_minor > 0 END),
    currency     text        NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    created_at   timestamptz NOT NULL DEFAULT now(),
    -- A second payment of one order that cannot be given back is worth a second entry.
    payment_id   bigint,
    UNIQUE NULLS NOT DISTINCT (order_id, user_id, kind, level, payment_id)
);
CREATE INDEX balance_entries_by_customer ON {schema}.balance_entries (bot, user_id, currency);

-- Who has bought most in a month (its first day, UTC).
CREATE TABLE {schema}.leaderboard (
    bot         text    NOT NULL,
    month       date    NOT NULL,
    currency    text    NOT NULL,
    user_id     bigint  NOT NULL,
    orders      integer NOT NULL,
    spent_minor bigint  NOT NULL,
    PRIMARY KEY (bot, month, currency, user_id)
);

-- What the consultant cost. Prices are a millionth of a US dollar, as model sellers count in dollars.
CREATE TABLE {schema}.model_usage (
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
CREATE INDEX model_usage_by_time ON {schema}.model_usage (bot, at);
CREATE INDEX model_usage_by_user ON {schema}.model_usage (bot, user_id, at);

-- What the people who run a shop did to it, from the chat and from the console: who, what, when, and what came
-- of it. Written in the transaction that does it, so that neither is there without the other, and found again
-- by whoever does it a second time: `effect_id` names the message or the request it was done for.
CREATE TABLE {schema}.owner_log (
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
CREATE INDEX owner_log_by_bot ON {schema}.owner_log (bot, id DESC);

-- What an owner has written in place of the shop's own terms and words on privacy.
CREATE TABLE {schema}.policies (
    bot        text        NOT NULL,
    name       text        NOT NULL CHECK (name IN ('terms', 'privacy')),
    language   text        NOT NULL CHECK (language IN ('ru', 'en')),
    -- HTML as Telegram takes it.
    text       text        NOT NULL CHECK (char_length(text) BETWEEN 1 AND 4096),
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (bot, name, language)
);

-- Customers who want to be forgotten. Once one is, the row says no more than when: in orders, which the books
-- keep, the customer's number is then -id, and the chat's 0.
CREATE TABLE {schema}.erasures (
    id       bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    bot      text        NOT NULL,
    user_id  bigint,
    chat_id  bigint,
    asked_at timestamptz NOT NULL DEFAULT now(),
    done_at  timestamptz,
    CHECK ((done_at IS NULL) = (user_id IS NOT NULL) AND (done_at IS NULL) = (chat_id IS NOT NULL))
);
CREATE UNIQUE INDEX erasures_pending ON {schema}.erasures (bot, user_id) WHERE done_at IS NULL;
