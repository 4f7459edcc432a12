-- Payments: what somebody was asked to pay, and what became of it. A row is written with the fact that it is
-- for (an order), before the provider hears of it; `provider_id` is what the provider calls it from then on.
CREATE TABLE payment (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    provider     text        NOT NULL,
    provider_id  text,
    -- What it pays for: which kind of thing (`shop.order`), and which of them.
    purpose      text        NOT NULL,
    reference    text        NOT NULL,
    amount_minor bigint      NOT NULL CHECK (amount_minor > 0),
    currency     text        NOT NULL CHECK (currency ~ '^[A-Z]{3,5}$'),
    status       text        NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'paid', 'canceled', 'refunded')),
    created_at   timestamptz NOT NULL DEFAULT now(),
    -- When the provider was last asked, and answered that nothing has happened.
    asked_at     timestamptz,
    paid_at      timestamptz,
    canceled_at  timestamptz,
    refunded_at  timestamptz,
    UNIQUE (provider, provider_id)
);

CREATE INDEX payment_pending ON payment (created_at) WHERE status = 'pending';
CREATE INDEX payment_by_purpose ON payment (purpose, reference);
