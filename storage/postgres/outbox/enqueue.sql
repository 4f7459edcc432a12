-- enqueue: write jobs that nothing speaks against, in their order
-- What most jobs of a statement have in common comes once, as `kinds` in parallel arrays ($1 to $9); each job
-- names its kind by number. Arrays of all columns cost twice as much, most of it in the client.
INSERT INTO mailroom.outbox_job (
    queue, name, payload, key, priority, timeout_seconds, attempts_max,
    backoff_seconds, backoff_factor, backoff_max_seconds, backoff_jitter, trace,
    created_at, run_at, turn_at
)
SELECT
    ($1::text[])[kind], ($2::text[])[kind], payload, key, ($3::smallint[])[kind], ($4::real[])[kind],
    ($5::smallint[])[kind], ($6::real[])[kind], ($7::real[])[kind], ($8::real[])[kind], ($9::real[])[kind],
    trace, now, coalesce(run_at, now + make_interval(secs => delay_seconds)),
    greatest(run_at, now + make_interval(secs => delay_seconds))
FROM (
    SELECT
        unnest($10::smallint[]) AS kind, unnest($11::text[]) AS payload, unnest($12::text[]) AS key,
        unnest($13::text[]) AS trace, unnest($14::timestamptz[]) AS run_at,
        unnest($15::float8[]) AS delay_seconds, clock_timestamp() AS now
) AS wanted
RETURNING id;

-- enqueue_once: the same for jobs with a deduplication key or an origin; tells of each what became of it.
-- The keys are inserted in their order, so that two that insert the same keys do not wait for each other.
-- A takeover of the partition between this and the commit goes unseen (a lock would make the owner's renewal
-- wait): then the new owner replays the message, and the row of the effect decides who of the two enqueues.
WITH wanted AS MATERIALIZED (
    SELECT
        nextval('mailroom.outbox_job_id_seq') AS id, wanted.*, ($1::text[])[kind] AS queue,
        EXISTS (
            SELECT FROM mailroom.partition_lease AS lease
            WHERE lease.partition = wanted.partition AND lease.epoch > wanted.epoch
        ) AS fenced
    FROM (
        SELECT
            unnest($10::smallint[]) AS kind, unnest($11::text[]) AS payload, unnest($12::text[]) AS key,
            unnest($13::text[]) AS trace, unnest($14::timestamptz[]) AS run_at,
            unnest($15::float8[]) AS delay_seconds, unnest($16::text[]) AS dedup_key,
            unnest($17::real[]) AS dedup_seconds, unnest($18::text[]) AS bot, unnest($19::text[]) AS chat,
            unnest($20::bigint[]) AS update_id, unnest($21::text[]) AS effect,
            unnest($22::smallint[]) AS partition, unnest($23::bigint[]) AS epoch, clock_timestamp() AS now
    ) AS wanted
), new_effect AS (
    INSERT INTO mailroom.outbox_dedup (queue, key, job_id, expires_at)
    SELECT '', effect, id, now + make_interval(secs => $24)
    FROM wanted WHERE effect IS NOT NULL AND NOT fenced ORDER BY effect, id
    ON CONFLICT DO NOTHING RETURNING job_id
), replayed AS (
    SELECT id FROM wanted WHERE effect IS NOT NULL AND id NOT IN (SELECT job_id FROM new_effect)
), new_key AS (
    INSERT INTO mailroom.outbox_dedup (queue, key, job_id, expires_at)
    SELECT queue, dedup_key, id, 'infinity' FROM wanted
    WHERE dedup_key IS NOT NULL AND NOT fenced AND id NOT IN (SELECT id FROM replayed)
    ORDER BY queue, dedup_key, id
    ON CONFLICT DO NOTHING RETURNING job_id
), written AS (
    INSERT INTO mailroom.outbox_job (
        id, queue, name, payload, key, priority, timeout_seconds, attempts_max,
        backoff_seconds, backoff_factor, backoff_max_seconds, backoff_jitter, trace,
        dedup_key, dedup_seconds, bot, chat, update_id, effect, epoch, created_at, run_at, turn_at
    )
    SELECT
        id, queue, ($2::text[])[kind], payload, key, ($3::smallint[])[kind], ($4::real[])[kind],
        ($5::smallint[])[kind], ($6::real[])[kind], ($7::real[])[kind], ($8::real[])[kind],
        ($9::real[])[kind], trace,
        dedup_key, dedup_seconds, bot, chat, update_id, effect, epoch,
        now, coalesce(run_at, now + make_interval(secs => delay_seconds)),
        greatest(run_at, now + make_interval(secs => delay_seconds))
    FROM wanted
    WHERE NOT fenced AND id NOT IN (SELECT id FROM replayed)
      AND (dedup_key IS NULL OR id IN (SELECT job_id FROM new_key))
    RETURNING id
)
SELECT wanted.id, fenced, wanted.id IN (SELECT id FROM written) AS written FROM wanted ORDER BY wanted.id;

-- forget_expired: give keys free whose time is over, before anybody has pruned them
DELETE FROM mailroom.outbox_dedup
USING unnest($1::text[], $2::text[]) AS wanted (queue, key)
WHERE outbox_dedup.queue = wanted.queue AND outbox_dedup.key = wanted.key
  AND expires_at <= clock_timestamp();

-- take_back: undo what a first try said about effects, so that the second is no replay of it
DELETE FROM mailroom.outbox_dedup
USING unnest($1::bigint[], $2::text[]) AS wanted (id, effect)
WHERE outbox_dedup.queue = '' AND outbox_dedup.key = wanted.effect AND outbox_dedup.job_id = wanted.id;

-- adopt: a new effect whose deduplication key is taken stands for the job that has the key
UPDATE mailroom.outbox_dedup AS effect SET job_id = twin.job_id
FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) AS wanted (id, effect, queue, key)
JOIN mailroom.outbox_dedup AS twin ON twin.queue = wanted.queue AND twin.key = wanted.key
WHERE effect.queue = '' AND effect.key = wanted.effect AND effect.job_id = wanted.id;

-- holders: the jobs for whose sake others are duplicates, an effect before a deduplication key
SELECT coalesce(effect.job_id, twin.job_id) AS id
FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS wanted (effect, queue, key, place)
LEFT JOIN mailroom.outbox_dedup AS effect ON effect.queue = '' AND effect.key = wanted.effect
LEFT JOIN mailroom.outbox_dedup AS twin ON twin.queue = wanted.queue AND twin.key = wanted.key
ORDER BY place;
