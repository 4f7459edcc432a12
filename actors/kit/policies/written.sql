-- policy: what the owner has written.
SELECT text FROM {schema}.policies WHERE bot = $1 AND name = $2 AND language = $3;

-- put: have it say this from now on.
INSERT INTO {schema}.policies (bot, name, language, text, changed_at) VALUES ($1, $2, $3, $4, {now})
ON CONFLICT (bot, name, language) DO UPDATE SET text = excluded.text, changed_at = excluded.changed_at;

-- drop: have the usual words again.
DELETE FROM {schema}.policies WHERE bot = $1 AND name = $2 AND language = $3;
