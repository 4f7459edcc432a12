-- recipients: how many customers of a bot there are, by language, and how many of them want no news.
SELECT language, count(*) FILTER (WHERE wants_news)::int AS customers, count(*) FILTER (WHERE NOT wants_news)::int AS without
FROM {schema}.customers
WHERE bot = $1
GROUP BY language;

-- chats: the chats of a bot's customers who want news, or of those who are served in language $2.
SELECT chat_id FROM {schema}.customers
WHERE bot = $1 AND wants_news AND ($2::text IS NULL OR language = $2)
ORDER BY chat_id;
