-- file_id: what Telegram calls it, for one bot.
SELECT file_id FROM {schema}.picture_files WHERE bot = $1 AND digest = $2;

-- note: what Telegram calls it from now on.
INSERT INTO {schema}.picture_files (bot, digest, file_id) VALUES ($1, $2, $3)
ON CONFLICT (bot, digest) DO UPDATE SET file_id = excluded.file_id;
