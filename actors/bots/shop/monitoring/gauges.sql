-- counts: how the shop of bot $1 stands; $2 after how many seconds a paid order is late, $3 and $4 the queue and the
-- name of jobs that tell suppliers.
WITH goods AS (
    SELECT count(*) AS on_sale, count(*) FILTER (WHERE available = 0) AS sold_out
    FROM {schema}.available_stock_at({now})
), late AS (
    SELECT count(*) AS undelivered, coalesce(extract(epoch FROM {now} - min(paid_at)), 0) AS undelivered_seconds
    FROM {schema}.orders
    WHERE bot = $1 AND status = 'paid' AND paid_at <= {now} - make_interval(secs => $2)
), asked AS (
    SELECT count(*) AS complaints, coalesce(extract(epoch FROM {now} - min(opened_at)), 0) AS complaint_seconds
    FROM {schema}.complaints
    WHERE bot = $1 AND closed_at IS NULL
), tried AS (
    SELECT key FROM mailroom.outbox_job WHERE queue = $3 AND name = $4 AND last_error IS NOT NULL
    UNION ALL
    SELECT key FROM mailroom.outbox_dead WHERE queue = $3 AND name = $4
), untold AS (
    -- The key is `order:ORDER:supplier:SUPPLIER`.
    SELECT count(DISTINCT split_part(key, ':', 4)) AS suppliers FROM tried
)
SELECT on_sale, sold_out, undelivered, undelivered_seconds, complaints, complaint_seconds, suppliers
FROM goods, late, asked, untold;

-- refunds: the money of orders of bot $1 that is to go back, and since when the oldest of it waits; $2 is what
-- payments of orders are for, $3 the jobs that give money back. A refund that was refused has another in its place.
WITH waiting AS (
    SELECT
        CASE
            WHEN EXISTS (
                SELECT FROM mailroom.payment_dispute AS d WHERE d.payment_id = p.id AND d.state = 'open'
            ) THEN 'disputed'
            WHEN EXISTS (
                SELECT FROM mailroom.outbox_dead AS job WHERE job.name = $3 AND job.key = 'refund:' || p.id
            ) THEN 'dead'
            WHEN EXISTS (
                SELECT FROM mailroom.payment_refund AS before
                WHERE before.payment_id = p.id AND before.status = 'failed' AND NOT before.by_gateway
            ) THEN 'refused'
            ELSE 'pending'
        END AS state,
        -- Not since the one in whose place it is was begun: that may have been done, and come back months later.
        least(refund.created_at, (
            SELECT min(over_at) FROM mailroom.payment_refund AS before
            WHERE before.payment_id = p.id AND before.status = 'failed' AND NOT before.by_gateway
        )) AS since
    FROM mailroom.payment_refund AS refund
    JOIN mailroom.payment AS p ON p.id = refund.payment_id AND p.bot = $1 AND p.purpose = $2
    WHERE refund.status = 'pending' AND NOT refund.by_gateway
)
SELECT state, count(*) AS refunds, min(since) AS since FROM waiting GROUP BY state;

-- awaited: what the orders of bot $1 wait to be paid with, sum by sum.
SELECT total_minor - balance_minor AS to_pay_minor, currency, count(*)::int AS orders
FROM {schema}.orders
WHERE bot = $1 AND status = 'awaiting_payment' AND reserved_until > {now}
GROUP BY total_minor - balance_minor, currency;
