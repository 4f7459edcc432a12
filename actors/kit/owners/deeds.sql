-- begin: note who does what, once for an effect; nothing if that effect has been there before.
INSERT INTO {schema}.owner_log (bot, effect_id, who, action, target, why, at) VALUES ($1, $2, $3, $4, $5, $6, {now})
ON CONFLICT (effect_id) DO NOTHING
RETURNING id;

-- end: note what came of it.
UPDATE {schema}.owner_log SET outcome = $2::text::jsonb WHERE id = $1;

-- outcome: what came of an effect that was there before.
SELECT outcome::text FROM {schema}.owner_log WHERE effect_id = $1;

-- read: the latest of what was done to a bot, newest first; $2 how many at most.
SELECT at, who, action, target, why, outcome::text
FROM {schema}.owner_log
WHERE bot = $1
ORDER BY id DESC
LIMIT $2;
