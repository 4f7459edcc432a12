-- recipients: how many customers of a bot there are, by language.
SELECT language, count(*)::int AS customers FROM shop.customers WHERE bot = $1 GROUP BY language;

-- chats: the chats of a bot's customers, or of those who are served in language $2.
SELECT chat_id FROM shop.customers WHERE bot = $1 AND ($2::text IS NULL OR language = $2) ORDER BY chat_id;
