-- Payments: what somebody was asked to pay, and what became of it. A row is written with the fact that it is
-- for (an order), before the provider hears of it; `provider_id` is what the provider calls it from then on.
CREATE TABLE mailroom.payment (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    provider      text        NOT NULL,
    provider_id   text,
    -- What it pays for: which kind of thing (`shop.order`), and which of them.
    purpose       text        NOT NULL,
    reference     text        NOT NULL,
    amount_minor  bigint      NOT NULL CHECK (amount_minor > 0),
    currency      text        NOT NULL CHECK (currency ~ '^[A-Z]{3,5}$'),
    -- `mismatched`: another amount or currency was paid than was asked for; it goes back. `disputed`: the payer's
    -- bank has the matter. `charged_back`: it has taken the money back for good.
    status        text        NOT NULL DEFAULT 'pending' CHECK (status IN
        ('pending', 'paid', 'canceled', 'mismatched', 'refunding', 'refunded', 'disputed', 'charged_back')),
    created_at    timestamptz NOT NULL DEFAULT now(),
    -- When the provider was last asked, and answered that nothing has happened.
    asked_at      timestamptz,
    paid_at       timestamptz,
    canceled_at   timestamptz,
    refunded_at   timestamptz,
    pay_url       text,
    expires_at    timestamptz,
    -- Where it is not what was asked for.
    paid_minor    bigint,
    paid_currency text,
    -- What a provider knows it by, and what it was told of it beside that: written before it hears of either.
    ref           text        NOT NULL UNIQUE,
    about         jsonb       NOT NULL DEFAULT '{}',
    -- Who asked for it: order 1042 of two shops is two things. `provider` is the name of the account.
    bot           text        NOT NULL,
    UNIQUE (provider, provider_id)
);

CREATE INDEX payment_pending ON mailroom.payment (created_at) WHERE status = 'pending';
CREATE INDEX payment_by_purpose ON mailroom.payment (bot, purpose, reference);
-- One thing of a bot is asked for once at a time at each account.
CREATE UNIQUE INDEX payment_pending_once_of_bot ON mailroom.payment (bot, purpose, reference, provider)
    WHERE status = 'pending';

-- Money that goes back: a row for each refund, ours and those that somebody has made at the provider.
CREATE TABLE mailroom.payment_refund (
    payment_id   bigint      NOT NULL REFERENCES mailroom.payment,
    amount_minor bigint      NOT NULL CHECK (amount_minor > 0),
    currency     text        NOT NULL,
    why          text        NOT NULL,
    -- `impossible`: the provider cannot, and the money goes another way. `failed`: refused, or come back; another row
    -- is in its place. `needless`: the money had gone back by other hands.
    status       text        NOT NULL DEFAULT 'pending' CHECK (status IN
        ('pending', 'done', 'impossible', 'failed', 'needless')),
    provider_id  text,
    created_at   timestamptz NOT NULL DEFAULT now(),
    over_at      timestamptz,
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- Our name for it, unique for ever. NULL for one that is called by its payment's number, as they once were, and
    -- for one that was not made by us.
    ref          text        UNIQUE,
    by_gateway   boolean     NOT NULL DEFAULT false,
    -- When the provider was first asked for it: it remembers our key for a day from then on.
    tried_at     timestamptz,
    -- Why it came to nothing, in the provider's words.
    words        text
);

CREATE INDEX payment_refund_by_payment ON mailroom.payment_refund (payment_id);
-- We ask for one refund of a payment at a time; of those without a name, for one at all.
CREATE UNIQUE INDEX payment_refund_pending_once ON mailroom.payment_refund (payment_id)
    WHERE status = 'pending' AND NOT by_gateway;
CREATE UNIQUE INDEX payment_refund_unnamed_once ON mailroom.payment_refund (payment_id)
    WHERE ref IS NULL AND NOT by_gateway;
-- Each of the provider's is noted once; where it tells of a sum alone, that is one row.
CREATE UNIQUE INDEX payment_refund_by_gateway_once ON mailroom.payment_refund (payment_id, provider_id)
    NULLS NOT DISTINCT WHERE by_gateway;

-- Chargebacks, as the provider last told of them.
CREATE TABLE mailroom.payment_dispute (
    payment_id   bigint      NOT NULL REFERENCES mailroom.payment,
    provider_id  text        NOT NULL,
    amount_minor bigint      NOT NULL CHECK (amount_minor > 0),
    currency     text        NOT NULL,
    state        text        NOT NULL CHECK (state IN ('inquiry', 'open', 'won', 'lost')),
    -- Whether the shop is without the money now.
    withdrawn    boolean     NOT NULL,
    reason       text        NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    changed_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (payment_id, provider_id)
);

-- Payments at a gateway that bear the name of this installation and have no row here: the database is older than they
-- are. Nothing moves by itself; each is ended by a person.
CREATE TABLE mailroom.payment_lost (
    provider       text        NOT NULL,
    provider_id    text        NOT NULL,
    ref            text        NOT NULL,
    state          text        NOT NULL CHECK (state IN ('pending', 'paid', 'canceled', 'refunded')),
    amount_minor   bigint      NOT NULL,
    currency       text        NOT NULL,
    refunded_minor bigint      NOT NULL,
    -- When the gateway made it, by its clock, and what we told it of it.
    made_at        timestamptz,
    about          jsonb       NOT NULL,
    found_at       timestamptz NOT NULL DEFAULT now(),
    ending         text CHECK (ending IN ('delivered', 'credited', 'given_back')),
    ended_at       timestamptz,
    ended_by       text,
    why            text,
    PRIMARY KEY (provider, provider_id),
    CHECK ((ending IS NULL) = (ended_at IS NULL))
);
CREATE INDEX payment_lost_open ON mailroom.payment_lost (found_at) WHERE ending IS NULL;

-- Up to when the payments of each provider have been listed, and found ours, lost, or none of ours.
CREATE TABLE mailroom.payment_listed (
    provider  text        PRIMARY KEY,
    listed_to timestamptz NOT NULL
);
