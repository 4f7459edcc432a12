-- depths: how much is due in each queue, since when the oldest of it is, and whether it is paused
SELECT
    coalesce(due.queue, paused.queue) AS queue, coalesce(due.jobs, 0) AS jobs,
    coalesce(due.oldest_seconds, 0.0)::float8 AS oldest_seconds, paused.paused_by
FROM (
    SELECT queue, count(*) AS jobs, extract(epoch FROM clock_timestamp() - min(run_at)) AS oldest_seconds
    FROM mailroom.outbox_job WHERE run_at <= now() GROUP BY queue
) AS due
FULL JOIN (
    SELECT queue, paused_by FROM mailroom.outbox_queue WHERE paused_at IS NOT NULL AND paused_by <> $1
) AS paused ON paused.queue = due.queue
ORDER BY 1;

-- counts: how many jobs of each queue are in which state
SELECT queue, state, count(*) AS jobs FROM mailroom.outbox_seen GROUP BY queue, state ORDER BY queue, state;

-- find: jobs that answer to a description, newest first
-- Columns by name: a pooler keeps prepared statements, and one of all columns breaks when a migration adds any.
SELECT
    state, id, queue, name, payload, key, dedup_key, priority, attempts, attempts_max, created_at, run_at, claimed_at,
    worker, last_error, trace, bot, chat, update_id, effect, died_at, traceback
FROM mailroom.outbox_seen
WHERE ($1::text IS NULL OR queue = $1) AND ($2::text IS NULL OR name = $2) AND ($3::text IS NULL OR state = $3)
  AND ($4::text IS NULL OR bot = $4) AND ($5::text IS NULL OR chat = $5) AND ($6::text IS NULL OR key = $6)
  AND ($7::text IS NULL OR trace = $7) AND ($8::text IS NULL OR strpos(lower(last_error), lower($8)) > 0)
  AND ($9::timestamptz IS NULL OR created_at >= $9) AND ($10::timestamptz IS NULL OR created_at < $10)
  AND ($11::bigint[] IS NULL OR id = ANY ($11))
ORDER BY id DESC LIMIT $12;

-- history: what happened to a job, as long as it is remembered; of a dead letter, all that it died with
SELECT at, kind, attempt, seconds, worker, error FROM mailroom.outbox_event WHERE job_id = $1
UNION
SELECT past.at, past.kind, past.attempt, past.seconds, past.worker, past.error
FROM mailroom.outbox_dead, jsonb_to_recordset(history)
     AS past (at timestamptz, kind text, attempt smallint, seconds real, worker text, error text)
WHERE id = $1
ORDER BY at;

-- edit: another payload for a job that nobody is working on
WITH edited AS (
    UPDATE mailroom.outbox_job SET payload = $2 WHERE id = $1 AND lease_until < clock_timestamp()
    RETURNING id, claims - forgiven AS attempt, queue, name, trace
), edited_dead AS (
    UPDATE mailroom.outbox_dead SET payload = $2 WHERE id = $1
    RETURNING id, claims - forgiven AS attempt, queue, name, trace
)
INSERT INTO mailroom.outbox_event (job_id, attempt, kind, queue, name, trace)
SELECT id, attempt, 'edited', queue, name, trace FROM (TABLE edited UNION ALL TABLE edited_dead) AS either
RETURNING job_id;

-- revive: bring dead letters back to where they stood, with all their attempts before them
-- A dead letter stays dead while another job lives that has its deduplication key.
WITH wanted AS MATERIALIZED (
    SELECT id, queue, dedup_key FROM mailroom.outbox_dead WHERE id = ANY ($1::bigint[]) FOR UPDATE
), keyed AS (
    INSERT INTO mailroom.outbox_dedup AS dedup (queue, key, job_id, expires_at)
    SELECT DISTINCT ON (queue, dedup_key) queue, dedup_key, id, 'infinity'::timestamptz
    FROM wanted WHERE dedup_key IS NOT NULL ORDER BY queue, dedup_key, id
    ON CONFLICT (queue, key) DO UPDATE SET job_id = excluded.job_id, expires_at = excluded.expires_at
    WHERE dedup.job_id = excluded.job_id OR dedup.expires_at < 'infinity'
    RETURNING job_id
), back AS (
    DELETE FROM mailroom.outbox_dead AS dead USING wanted
    WHERE dead.id = wanted.id AND (wanted.dedup_key IS NULL OR dead.id IN (SELECT job_id FROM keyed))
    RETURNING dead.*
), written AS (
    INSERT INTO mailroom.outbox_job (
        id, created_at, run_at, turn_at, claims, forgiven, priority, attempts_max, timeout_seconds,
        backoff_seconds, backoff_factor, backoff_max_seconds, backoff_jitter, queue, name, payload, key,
        dedup_key, dedup_seconds, last_error, trace, bot, chat, update_id, effect, epoch
    )
    SELECT
        id, created_at, clock_timestamp(), clock_timestamp(), claims, claims, priority, attempts_max,
        timeout_seconds, backoff_seconds, backoff_factor, backoff_max_seconds, backoff_jitter, queue, name,
        payload, key, dedup_key, dedup_seconds, error, trace, bot, chat, update_id, effect, epoch
    FROM back ORDER BY id
)
INSERT INTO mailroom.outbox_event (job_id, attempt, kind, queue, name, trace)
SELECT id, 0, 'requeued', queue, name, trace FROM back
RETURNING job_id, queue;

-- hurry: give jobs that wait their turn now, with all their attempts before them
WITH hurried AS (
    UPDATE mailroom.outbox_job
    SET run_at = clock_timestamp(), turn_at = clock_timestamp(), forgiven = claims,
        worker = NULL, lease_until = '-infinity'
    WHERE id = ANY ($1::bigint[]) AND lease_until < clock_timestamp()
    RETURNING id, queue, name, trace
)
INSERT INTO mailroom.outbox_event (job_id, attempt, kind, queue, name, trace)
SELECT id, 0, 'requeued', queue, name, trace FROM hurried
RETURNING job_id, queue;

-- seize: take jobs from whoever has them, so that nobody's word on them counts but ours
UPDATE mailroom.outbox_job SET worker = $1, claims = claims + 1, forgiven = forgiven + 1, claimed_at = clock_timestamp()
WHERE id = ANY ($2::bigint[])
RETURNING id, claims;

-- drop_dead: throw dead letters away
WITH dropped AS (
    DELETE FROM mailroom.outbox_dead WHERE id = ANY ($1::bigint[])
    RETURNING id, claims - forgiven AS attempt, queue, name, trace
)
INSERT INTO mailroom.outbox_event (job_id, attempt, kind, queue, name, trace)
SELECT id, attempt, 'dropped', queue, name, trace FROM dropped
RETURNING job_id;

-- pause: have nobody take jobs of the queue; who paused it first is remembered
INSERT INTO mailroom.outbox_queue AS known (queue, paused_at, paused_by, why) VALUES ($1, clock_timestamp(), $2, $3)
ON CONFLICT (queue) DO UPDATE SET paused_at = excluded.paused_at, paused_by = excluded.paused_by, why = excluded.why
WHERE known.paused_at IS NULL
RETURNING queue;

-- resume: let the queue go on
UPDATE mailroom.outbox_queue SET paused_at = NULL WHERE queue = $1 AND paused_at IS NOT NULL RETURNING queue;

-- paused: the queues that stand still
SELECT queue, paused_at, paused_by, why FROM mailroom.outbox_queue WHERE paused_at IS NOT NULL AND paused_by <> $1 ORDER BY queue;

-- known: the queues that somebody has paused at one time or another
SELECT queue FROM mailroom.outbox_queue WHERE paused_by <> $1;
