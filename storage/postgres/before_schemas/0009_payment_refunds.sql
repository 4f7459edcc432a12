-- Payments: where they are paid, what was really paid, and the money that goes back.
ALTER TABLE payment
    DROP CONSTRAINT payment_status_check,
    ADD COLUMN pay_url       text,
    ADD COLUMN expires_at    timestamptz,
    -- Where it is not what was asked for.
    ADD COLUMN paid_minor    bigint,
    ADD COLUMN paid_currency text;
-- `mismatched`: another amount or currency was paid than was asked for; it goes back.
ALTER TABLE payment ADD CONSTRAINT payment_status_check CHECK (status IN
    ('pending', 'paid', 'canceled', 'mismatched', 'refunding', 'refunded'));

-- One thing is asked for once at a time at each provider.
CREATE UNIQUE INDEX payment_pending_once ON payment (purpose, reference, provider) WHERE status = 'pending';

-- Money that goes back: all of a payment, once.
CREATE TABLE payment_refund (
    payment_id   bigint      PRIMARY KEY REFERENCES payment,
    amount_minor bigint      NOT NULL CHECK (amount_minor > 0),
    currency     text        NOT NULL,
    why          text        NOT NULL,
    status       text        NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'done', 'impossible')),
    provider_id  text,
    created_at   timestamptz NOT NULL DEFAULT now(),
    over_at      timestamptz
);
