-- kept: how many orders of a customer stay in the books.
SELECT count(*) FROM {schema}.orders WHERE bot = $1 AND user_id = $2;

-- open_orders: a customer's orders of which something is still to come.
SELECT id, status FROM {schema}.orders
WHERE bot = $1 AND user_id = $2 AND status IN ('awaiting_payment', 'paid', 'refunding')
ORDER BY id;

-- orders: keep what was sold, and nothing of whom it was sold to; $3 is who they are from now on.
UPDATE {schema}.orders SET user_id = $3, chat_id = 0, contact = '', comment = '', effect_id = 'forgotten:' || id
WHERE bot = $1 AND user_id = $2;

-- complaints: what they wrote of orders, and what they were answered.
WITH gone AS (
    DELETE FROM {schema}.complaint_messages
    WHERE order_id IN (SELECT id FROM {schema}.orders WHERE bot = $1 AND user_id = $2)
)
UPDATE {schema}.complaints SET closed_at = coalesce(closed_at, {now})
WHERE order_id IN (SELECT id FROM {schema}.orders WHERE bot = $1 AND user_id = $2);

-- quoted: the log says why something was replaced in what they wrote.
UPDATE {schema}.owner_log SET why = ''
WHERE bot = $1 AND action = 'replace'
  AND target IN (SELECT id::text FROM {schema}.orders WHERE bot = $1 AND user_id = $2);

-- balance: keep what was given and spent, and nothing of whom.
UPDATE {schema}.balance_entries SET user_id = $3 WHERE bot = $1 AND user_id = $2;

-- leaderboard: leave every board.
DELETE FROM {schema}.leaderboard WHERE bot = $1 AND user_id = $2;

-- usage: keep what the consultant has cost. What it has cost today (UTC) is kept by name for so long: there is
-- a limit for each customer and day.
UPDATE {schema}.model_usage SET user_id = $3
WHERE bot = $1 AND user_id = $2 AND at < date_trunc('day', {now} AT TIME ZONE 'UTC') AT TIME ZONE 'UTC';

-- tomorrow: when the limits of today are over.
SELECT (date_trunc('day', {now} AT TIME ZONE 'UTC') + interval '1 day') AT TIME ZONE 'UTC';

-- friends: nobody was brought by this customer any more.
UPDATE {schema}.customers SET referrer_id = NULL WHERE bot = $1 AND referrer_id = $2;

-- customer: the customer.
DELETE FROM {schema}.customers WHERE bot = $1 AND user_id = $2;
