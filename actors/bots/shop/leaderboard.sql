-- count: count a paid order in the month it was paid in (UTC), once.
WITH counted AS (
    UPDATE {schema}.orders SET ranked_at = {now}
    WHERE id = $1 AND ranked_at IS NULL AND status IN ('paid', 'delivered')
    RETURNING bot, date_trunc('month', paid_at AT TIME ZONE 'UTC')::date AS month, currency, user_id, total_minor
)
INSERT INTO {schema}.leaderboard (bot, month, currency, user_id, orders, spent_minor)
SELECT bot, month, currency, user_id, 1, total_minor FROM counted
ON CONFLICT (bot, month, currency, user_id) DO UPDATE
SET orders = leaderboard.orders + 1, spent_minor = leaderboard.spent_minor + excluded.spent_minor
RETURNING user_id;

-- uncount: take an order out again, once.
WITH uncounted AS (
    UPDATE {schema}.orders SET ranked_at = NULL
    WHERE id = $1 AND ranked_at IS NOT NULL
    RETURNING bot, date_trunc('month', paid_at AT TIME ZONE 'UTC')::date AS month, currency, user_id, total_minor
)
UPDATE {schema}.leaderboard AS place
SET orders = place.orders - 1, spent_minor = place.spent_minor - uncounted.total_minor
FROM uncounted
WHERE (place.bot, place.month, place.currency, place.user_id)
    = (uncounted.bot, uncounted.month, uncounted.currency, uncounted.user_id)
RETURNING place.user_id;

-- top: who has bought most in a month; those with the same sum share a place.
SELECT rank() OVER (ORDER BY place.spent_minor DESC)::int AS place, place.user_id,
       coalesce(c.name, '') AS name, place.orders, place.spent_minor
FROM {schema}.leaderboard AS place
LEFT JOIN {schema}.customers AS c ON c.bot = place.bot AND c.user_id = place.user_id
WHERE place.bot = $1 AND place.month = date_trunc('month', $2::date)::date AND place.currency = $3 AND place.orders > 0
ORDER BY place, place.orders DESC, place.user_id
LIMIT $4;

-- place_of: the same for one customer.
SELECT (
           SELECT count(*) + 1 FROM {schema}.leaderboard AS better
           WHERE better.bot = mine.bot AND better.month = mine.month AND better.currency = mine.currency
             AND better.orders > 0 AND better.spent_minor > mine.spent_minor
       )::int AS place,
       mine.user_id, coalesce(c.name, '') AS name, mine.orders, mine.spent_minor
FROM {schema}.leaderboard AS mine
LEFT JOIN {schema}.customers AS c ON c.bot = mine.bot AND c.user_id = mine.user_id
WHERE mine.bot = $1 AND mine.month = date_trunc('month', $2::date)::date AND mine.currency = $3 AND mine.user_id = $4
  AND mine.orders > 0;

-- this_month: the day it is, UTC, and the currencies that have a board in its month.
SELECT ({now} AT TIME ZONE 'UTC')::date AS today, coalesce(array_agg(DISTINCT currency ORDER BY currency), '{}') AS currencies
FROM {schema}.leaderboard
WHERE bot = $1 AND orders > 0 AND month = date_trunc('month', {now} AT TIME ZONE 'UTC')::date;
