-- find: a customer of a bot.
SELECT bot, user_id, chat_id, name, language, contact, referrer_id
FROM {schema}.customers
WHERE bot = $1 AND user_id = $2;

-- remember: write a customer, or what has changed about one; tells whether it is a new one.
-- Who brought a new customer has to be a customer, and somebody else; who has ordered before is not new.
INSERT INTO {schema}.customers (bot, user_id, chat_id, name, language, first_seen, referrer_id)
SELECT $1, $2, $3, $4, $5, {now}, (
    SELECT referrer.user_id FROM {schema}.customers AS referrer
    WHERE referrer.bot = $1 AND referrer.user_id = $6 AND referrer.user_id <> $2
      AND NOT EXISTS (SELECT FROM {schema}.orders AS o WHERE o.bot = $1 AND o.user_id = $2)
)
ON CONFLICT (bot, user_id) DO UPDATE
SET chat_id = excluded.chat_id, name = excluded.name, language = excluded.language
RETURNING xmax = 0 AS new;

-- set_contact: how a customer wants to be reached.
UPDATE {schema}.customers SET contact = $3 WHERE bot = $1 AND user_id = $2 RETURNING user_id;

-- wants_news: whether a customer is told by broadcasts.
SELECT wants_news FROM {schema}.customers WHERE bot = $1 AND user_id = $2;

-- set_news: the same from now on; gives the chat to be told, or not.
UPDATE {schema}.customers SET wants_news = $3 WHERE bot = $1 AND user_id = $2 RETURNING chat_id;

-- referrers: who brought a customer, who brought that one, and so on, $3 levels up; never the same person twice.
WITH RECURSIVE chain AS (
    SELECT referrer_id AS user_id, 1 AS level, ARRAY[user_id, referrer_id] AS seen
    FROM {schema}.customers
    WHERE bot = $1 AND user_id = $2 AND referrer_id IS NOT NULL
    UNION ALL
    SELECT c.referrer_id, chain.level + 1, chain.seen || c.referrer_id
    FROM chain JOIN {schema}.customers AS c ON c.bot = $1 AND c.user_id = chain.user_id
    WHERE c.referrer_id IS NOT NULL AND chain.level < $3 AND c.referrer_id <> ALL (chain.seen)
)
SELECT c.bot, c.user_id, c.chat_id, c.name, c.language, c.contact, c.referrer_id
FROM chain JOIN {schema}.customers AS c ON c.bot = $1 AND c.user_id = chain.user_id
ORDER BY chain.level;

-- friends: how many people a customer has brought, level by level down to $3.
WITH RECURSIVE friend AS (
    SELECT user_id, 1 AS level, ARRAY[referrer_id, user_id] AS seen
    FROM {schema}.customers
    WHERE bot = $1 AND referrer_id = $2
    UNION ALL
    SELECT c.user_id, friend.level + 1, friend.seen || c.user_id
    FROM friend JOIN {schema}.customers AS c ON c.bot = $1 AND c.referrer_id = friend.user_id
    WHERE friend.level < $3 AND c.user_id <> ALL (friend.seen)
)
SELECT level, count(*)::int AS friends FROM friend GROUP BY level ORDER BY level;

-- earned: what a customer has got for friends, in each currency.
SELECT currency, sum(amount_minor)::bigint AS amount_minor
FROM {schema}.balance_entries
WHERE bot = $1 AND user_id = $2 AND kind IN ('bonus', 'revoked')
GROUP BY currency
ORDER BY currency;
