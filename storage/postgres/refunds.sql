-- of: all refunds of a payment, the oldest first
SELECT id, payment_id, coalesce(ref, payment_id::text), ref IS NULL, amount_minor, currency, why, status, provider_id,
       by_gateway, words, created_at, tried_at, over_at
FROM mailroom.payment_refund WHERE payment_id = $1
ORDER BY id;

-- begin: the money that was paid is to go back; $2 is what makes its name unlike any other
WITH refunding AS (
    UPDATE mailroom.payment SET status = 'refunding' WHERE id = $1 AND status IN ('paid', 'mismatched')
    RETURNING id, coalesce(paid_minor, amount_minor) AS amount_minor, coalesce(paid_currency, currency) AS currency
)
INSERT INTO mailroom.payment_refund (payment_id, ref, amount_minor, currency, why)
SELECT id, (SELECT 'm' || value || '-' || $2 FROM mailroom.installation WHERE key = 'id'), amount_minor, currency, $3
FROM refunding
ON CONFLICT DO NOTHING;

-- again: another refund in the place of one that came to nothing, $2 as above
WITH refunding AS (UPDATE mailroom.payment SET status = 'refunding' WHERE id = $1 AND status IN ('refunding', 'refunded') RETURNING id)
INSERT INTO mailroom.payment_refund (payment_id, ref, amount_minor, currency, why)
SELECT id, (SELECT 'm' || value || '-' || $2 FROM mailroom.installation WHERE key = 'id'), $3, $4, $5 FROM refunding
ON CONFLICT DO NOTHING
RETURNING id;

-- try: the provider is about to be asked for this sum; its memory of the key counts from the first time
UPDATE mailroom.payment_refund SET amount_minor = $2, tried_at = coalesce(tried_at, now()) WHERE id = $1 AND status = 'pending';

-- note: note what the provider calls a refund that it has begun
UPDATE mailroom.payment_refund SET provider_id = $2 WHERE id = $1 AND status = 'pending';

-- lock: the payments of one thing, in the order of their ids: whoever settles one takes it before what it pays for
SELECT FROM mailroom.payment WHERE bot = $1 AND purpose = $2 AND reference = $3 ORDER BY id FOR NO KEY UPDATE;

-- finish: a refund is over; its payment is too, unless another refund takes its place
-- The payment is locked first, as whoever works on a notice of it does: else each would wait for the other.
WITH locked AS MATERIALIZED (
    SELECT id FROM mailroom.payment WHERE id = (SELECT payment_id FROM mailroom.payment_refund WHERE id = $1) FOR NO KEY UPDATE
), over AS (
    UPDATE mailroom.payment_refund SET status = $2, provider_id = coalesce($3, provider_id), amount_minor = coalesce($4, amount_minor),
        words = $5, over_at = now()
    FROM locked
    WHERE payment_refund.id = $1 AND payment_refund.status = 'pending'
    RETURNING payment_refund.payment_id, payment_refund.status
), paid_back AS (
    UPDATE mailroom.payment SET status = 'refunded', refunded_at = now() FROM over
    WHERE payment.id = over.payment_id AND over.status <> 'failed'
)
SELECT payment_id FROM over;

-- come_back: a refund that was over has come to nothing after all
UPDATE mailroom.payment_refund SET status = $2, words = $3, amount_minor = $4, over_at = now()
WHERE id = $1 AND status IN ('pending', 'done')
RETURNING id;

-- by_gateway: note a refund that somebody has made at the provider; returns nothing if all of it was known
INSERT INTO mailroom.payment_refund AS known (payment_id, by_gateway, provider_id, amount_minor, currency, why, status, words, over_at)
VALUES ($1, true, $2, $3, $4, 'gateway', $5, $6, CASE WHEN $5 <> 'pending' THEN now() END)
ON CONFLICT (payment_id, provider_id) WHERE by_gateway DO UPDATE
    SET amount_minor = excluded.amount_minor, status = excluded.status, words = excluded.words, over_at = excluded.over_at
    WHERE (known.amount_minor, known.status) <> (excluded.amount_minor, excluded.status)
RETURNING id;

-- dispute: note a dispute as it is now, and tell how it was: NULLs for a new one
WITH before AS (
    SELECT state, withdrawn FROM mailroom.payment_dispute WHERE payment_id = $1 AND provider_id = $2
), noted AS (
    INSERT INTO mailroom.payment_dispute AS known (payment_id, provider_id, amount_minor, currency, state, withdrawn, reason)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (payment_id, provider_id) DO UPDATE
        SET state = excluded.state, withdrawn = excluded.withdrawn, amount_minor = excluded.amount_minor,
            reason = excluded.reason, changed_at = now()
        WHERE (known.state, known.withdrawn) <> (excluded.state, excluded.withdrawn)
)
SELECT state, withdrawn FROM before;

-- disputed: the payer's bank has the matter
UPDATE mailroom.payment SET status = 'disputed' WHERE id = $1 AND status = 'paid' RETURNING id;

-- charged_back: and has taken the money for good
UPDATE mailroom.payment SET status = 'charged_back', refunded_at = now() WHERE id = $1 AND status IN ('paid', 'disputed')
RETURNING id;

-- settled: or has given it back
UPDATE mailroom.payment SET status = 'paid', refunded_at = NULL WHERE id = $1 AND status IN ('disputed', 'charged_back') RETURNING id;
