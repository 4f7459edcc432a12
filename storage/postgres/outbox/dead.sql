-- dead: the jobs that died, by when they did, the latest first
-- A living job has no died_at: the planner leaves out that half of the view. Columns by name: see oncall.sql.
SELECT
    state, id, queue, name, payload, key, dedup_key, priority, attempts, attempts_max, created_at, run_at, claimed_at,
    worker, last_error, trace, bot, chat, update_id, effect, died_at, traceback
FROM mailroom.outbox_seen
WHERE died_at IS NOT NULL AND ($1::text IS NULL OR bot = $1) AND ($2::text IS NULL OR chat = $2)
  AND ($3::text IS NULL OR strpos(lower(last_error), lower($3)) > 0)
  AND ($4::timestamptz IS NULL OR died_at >= $4) AND ($5::timestamptz IS NULL OR died_at < $5)
ORDER BY died_at DESC, id DESC LIMIT $6;

-- dead_ids: the same, the first to be enqueued first, without their payloads
SELECT id FROM mailroom.outbox_seen
WHERE died_at IS NOT NULL AND ($1::text IS NULL OR bot = $1) AND ($2::text IS NULL OR chat = $2)
  AND ($3::text IS NULL OR strpos(lower(last_error), lower($3)) > 0)
  AND ($4::timestamptz IS NULL OR died_at >= $4) AND ($5::timestamptz IS NULL OR died_at < $5)
ORDER BY id LIMIT $6;

-- reasons: what jobs died of, and how many, the most frequent first
SELECT coalesce(bot, '') AS bot, left(split_part(last_error, E'\n', 1), 200) AS error, count(*) AS jobs
FROM mailroom.outbox_seen
WHERE died_at IS NOT NULL AND ($1::text IS NULL OR bot = $1) AND ($2::text IS NULL OR chat = $2)
  AND ($3::text IS NULL OR strpos(lower(last_error), lower($3)) > 0)
  AND ($4::timestamptz IS NULL OR died_at >= $4) AND ($5::timestamptz IS NULL OR died_at < $5)
GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT $6;

-- dead_count: how many of them there are
SELECT count(*) FROM mailroom.outbox_seen
WHERE died_at IS NOT NULL AND ($1::text IS NULL OR bot = $1) AND ($2::text IS NULL OR chat = $2)
  AND ($3::text IS NULL OR strpos(lower(last_error), lower($3)) > 0)
  AND ($4::timestamptz IS NULL OR died_at >= $4) AND ($5::timestamptz IS NULL OR died_at < $5);
