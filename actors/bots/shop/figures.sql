-- orders: how many orders were placed, paid, delivered and refunded from day $2 to day $3 (UTC, both included),
-- and how many of those placed were paid whenever; $1 is the bot.
WITH span AS (
    SELECT $2::date::timestamp AT TIME ZONE 'UTC' AS start, ($3::date + 1)::timestamp AT TIME ZONE 'UTC' AS stop
)
SELECT
    count(*) FILTER (WHERE o.created_at >= span.start AND o.created_at < span.stop)::int AS placed,
    count(*) FILTER (WHERE o.created_at >= span.start AND o.created_at < span.stop
        AND o.paid_at IS NOT NULL)::int AS placed_and_paid,
    count(*) FILTER (WHERE o.paid_at >= span.start AND o.paid_at < span.stop)::int AS paid,
    count(*) FILTER (WHERE o.delivered_at >= span.start AND o.delivered_at < span.stop)::int AS delivered,
    count(*) FILTER (WHERE o.status = 'refunded' AND o.closed_at >= span.start AND o.closed_at < span.stop)::int
        AS refunded
FROM span LEFT JOIN {schema}.orders AS o ON o.bot = $1;

-- revenue: the money that came and went in these days, by currency; $4 is what payments of orders are for.
-- What went is what each refund has moved, or is owed instead of it, and what banks took; of an order that was taken
-- back without any such row it is all of it. Payments that never counted as come, paid twice or too late, do not go.
WITH span AS (
    SELECT $2::date::timestamp AT TIME ZONE 'UTC' AS start, ($3::date + 1)::timestamp AT TIME ZONE 'UTC' AS stop
), came AS (
    SELECT o.currency, o.total_minor - o.balance_minor AS paid_minor, o.balance_minor, 0::bigint AS refunded_minor
    FROM span JOIN {schema}.orders AS o ON o.bot = $1 AND o.paid_at >= span.start AND o.paid_at < span.stop
), back AS (
    SELECT payment_id, currency, amount_minor, over_at AS at FROM mailroom.payment_refund AS refund
    WHERE status IN ('done', 'impossible') AND NOT EXISTS (
        SELECT FROM mailroom.payment_refund AS other
        WHERE other.payment_id = refund.payment_id AND other.why IN ('too_late', 'twice', 'mismatch')
    )
    UNION ALL
    SELECT payment_id, currency, amount_minor, changed_at FROM mailroom.payment_dispute WHERE state = 'lost' AND withdrawn
), went AS (
    SELECT back.currency, 0::bigint AS paid_minor, 0::bigint AS balance_minor, back.amount_minor AS refunded_minor
    FROM span JOIN back ON back.at >= span.start AND back.at < span.stop
    JOIN mailroom.payment AS p ON p.id = back.payment_id AND p.bot = $1 AND p.purpose = $4
    JOIN {schema}.orders AS o ON o.bot = $1 AND o.id::text = p.reference AND o.paid_at IS NOT NULL
    UNION ALL
    SELECT o.currency, 0, 0, o.total_minor - o.balance_minor
    FROM span
    JOIN {schema}.orders AS o ON o.bot = $1 AND o.status = 'refunded' AND o.closed_at >= span.start AND o.closed_at < span.stop
    WHERE NOT EXISTS (
        SELECT FROM mailroom.payment AS p JOIN back ON back.payment_id = p.id
        WHERE p.bot = $1 AND p.purpose = $4 AND p.reference = o.id::text
    )
)
SELECT currency, sum(paid_minor)::bigint AS paid_minor, sum(balance_minor)::bigint AS balance_minor,
       sum(refunded_minor)::bigint AS refunded_minor
FROM (SELECT * FROM came UNION ALL SELECT * FROM went) AS moved
GROUP BY currency
ORDER BY currency;

-- top_products: what was bought most in the orders paid in these days and not refunded; $4 how many at most.
WITH span AS (
    SELECT $2::date::timestamp AT TIME ZONE 'UTC' AS start, ($3::date + 1)::timestamp AT TIME ZONE 'UTC' AS stop
)
SELECT line.product_id, p.title_ru, p.title_en, o.currency,
       sum(line.quantity)::int AS sold, sum(line.quantity * line.price_minor)::bigint AS sold_minor
FROM span
JOIN {schema}.orders AS o ON o.bot = $1 AND o.paid_at >= span.start AND o.paid_at < span.stop
JOIN {schema}.order_lines AS line ON line.order_id = o.id
JOIN {schema}.products AS p ON p.id = line.product_id
WHERE o.status IN ('paid', 'delivered')
GROUP BY line.product_id, p.title_ru, p.title_en, o.currency
ORDER BY sold DESC, sold_minor DESC, line.product_id
LIMIT $4;

-- model: what the consultant cost in these days.
SELECT count(*)::int AS calls, coalesce(sum(cost_micro_usd), 0)::bigint AS cost_micro_usd
FROM {schema}.model_usage
WHERE bot = $1 AND at >= $2::date::timestamp AT TIME ZONE 'UTC' AND at < ($3::date + 1)::timestamp AT TIME ZONE 'UTC';

-- today: the day it is (UTC).
SELECT ({now} AT TIME ZONE 'UTC')::date;
