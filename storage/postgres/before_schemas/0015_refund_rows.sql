-- Money that goes back: a row for each refund, ours and those that somebody has made at the provider; and what banks
-- take back by themselves.
ALTER TABLE payment DROP CONSTRAINT payment_status_check;
-- `disputed`: the payer's bank has the matter. `charged_back`: it has taken the money back for good.
ALTER TABLE payment ADD CONSTRAINT payment_status_check CHECK (status IN
    ('pending', 'paid', 'canceled', 'mismatched', 'refunding', 'refunded', 'disputed', 'charged_back'));

ALTER TABLE payment_refund
    DROP CONSTRAINT payment_refund_pkey,
    DROP CONSTRAINT payment_refund_status_check,
    ADD COLUMN id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- Our name for it, unique for ever. NULL for one of the version before, which is called by its payment's number,
    -- and for one that was not made by us.
    ADD COLUMN ref        text UNIQUE,
    ADD COLUMN by_gateway boolean NOT NULL DEFAULT false,
    -- When the provider was first asked for it: it remembers our key for a day from then on.
    ADD COLUMN tried_at   timestamptz,
    -- Why it came to nothing, in the provider's words.
    ADD COLUMN words      text;
-- `impossible`: the provider cannot, and the money goes another way. `failed`: refused, or come back; another row is
-- in its place. `needless`: the money had gone back by other hands.
ALTER TABLE payment_refund ADD CONSTRAINT payment_refund_status_check CHECK (status IN
    ('pending', 'done', 'impossible', 'failed', 'needless'));
UPDATE payment_refund SET tried_at = created_at;

CREATE INDEX payment_refund_by_payment ON payment_refund (payment_id);
-- We ask for one refund of a payment at a time; the version before, for one at all.
CREATE UNIQUE INDEX payment_refund_pending_once ON payment_refund (payment_id) WHERE status = 'pending' AND NOT by_gateway;
CREATE UNIQUE INDEX payment_refund_unnamed_once ON payment_refund (payment_id) WHERE ref IS NULL AND NOT by_gateway;
-- Each of the provider's is noted once; where it tells of a sum alone, that is one row.
CREATE UNIQUE INDEX payment_refund_by_gateway_once ON payment_refund (payment_id, provider_id) NULLS NOT DISTINCT
    WHERE by_gateway;

-- Chargebacks, as the provider last told of them.
CREATE TABLE payment_dispute (
    payment_id   bigint      NOT NULL REFERENCES payment,
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
