-- state: whether an order has a complaint, an open one, and how many of its customer's messages wait for an answer.
SELECT closed_at IS NULL AS open,
       (SELECT count(*) FROM {schema}.complaint_messages AS m
        WHERE m.order_id = c.order_id AND m.who IS NULL AND m.at >= c.opened_at)::int AS waiting
FROM {schema}.complaints AS c
WHERE order_id = $1;

-- written: the message that an effect has written, if it has.
SELECT id FROM {schema}.complaint_messages WHERE effect_id = $1;

-- open: the complaint about order $1 waits for an answer: from now on, or as long as it has.
INSERT INTO {schema}.complaints AS c (order_id, bot, opened_at) VALUES ($1, $2, {now})
ON CONFLICT (order_id) DO UPDATE SET
    opened_at = CASE WHEN c.closed_at IS NULL THEN c.opened_at ELSE excluded.opened_at END, closed_at = NULL;

-- add: a message of the complaint about order $1.
INSERT INTO {schema}.complaint_messages (order_id, effect_id, who, text, at) VALUES ($1, $2, $3, $4, {now}) RETURNING id;

-- close: nothing waits for an answer any more.
UPDATE {schema}.complaints SET closed_at = {now} WHERE order_id = $1 AND closed_at IS NULL RETURNING order_id;

-- find: the complaint about an order.
SELECT order_id AS order, opened_at, closed_at FROM {schema}.complaints WHERE order_id = $1;

-- messages: what was written last about order $1, the oldest first; $2 how many at most.
SELECT id, at, who, text FROM (
    SELECT id, at, who, text FROM {schema}.complaint_messages WHERE order_id = $1 ORDER BY id DESC LIMIT $2
) AS last
ORDER BY id;

-- message: one of them.
SELECT text FROM {schema}.complaint_messages WHERE order_id = $1 AND id = $2;

-- newer: whether the customer has written more since message $2.
SELECT EXISTS (SELECT FROM {schema}.complaint_messages WHERE order_id = $1 AND id > $2 AND who IS NULL);

-- waiting: the open complaints of bot $1, who has waited longest first, with what was written last; $2 how many at most.
SELECT c.order_id, c.opened_at, coalesce(p.name, '') AS name,
       (SELECT m.text FROM {schema}.complaint_messages AS m WHERE m.order_id = c.order_id AND m.who IS NULL
        ORDER BY m.id DESC LIMIT 1) AS text
FROM {schema}.complaints AS c
JOIN {schema}.orders AS o ON o.id = c.order_id
LEFT JOIN {schema}.customers AS p ON p.bot = o.bot AND p.user_id = o.user_id
WHERE c.bot = $1 AND c.closed_at IS NULL
ORDER BY c.opened_at, c.order_id
LIMIT $2;

-- count: how many complaints of a bot are open.
SELECT count(*)::int FROM {schema}.complaints WHERE bot = $1 AND closed_at IS NULL;
