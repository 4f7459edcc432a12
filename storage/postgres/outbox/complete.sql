-- finish: end jobs whose fence is ours: the row goes, its key and deduplication key are let go, an event stays
-- $4 is how they ended. The next of each key is moved to the end of its line, where every claim will see it.
WITH finished AS (
    DELETE FROM mailroom.outbox_job AS job
    USING unnest($2::bigint[], $3::integer[]) AS held (id, claims)
    WHERE job.id = held.id AND job.claims = held.claims AND job.worker = $1
    RETURNING job.id, job.queue, job.name, job.key, job.dedup_key, job.dedup_seconds, job.trace, job.claimed_at,
        job.claims - job.forgiven AS attempt
), free AS (
    DELETE FROM mailroom.outbox_key AS started USING finished
    WHERE started.queue = finished.queue AND started.key = finished.key AND started.job_id = finished.id
), next AS (
    UPDATE mailroom.outbox_job AS job SET turn_at = clock_timestamp()
    FROM finished CROSS JOIN LATERAL (
        SELECT id FROM mailroom.outbox_job AS next
        WHERE next.queue = finished.queue AND next.key = finished.key AND next.id <> finished.id
          AND next.run_at <= clock_timestamp()
        ORDER BY next.id LIMIT 1
        FOR UPDATE OF next SKIP LOCKED
    ) AS next
    WHERE finished.key IS NOT NULL AND job.id = next.id
), expiring AS (
    UPDATE mailroom.outbox_dedup AS dedup SET expires_at = clock_timestamp() + make_interval(secs => finished.dedup_seconds)
    FROM finished
    WHERE dedup.queue = finished.queue AND dedup.key = finished.dedup_key AND dedup.job_id = finished.id
)
INSERT INTO mailroom.outbox_event (job_id, attempt, seconds, kind, queue, name, worker, trace)
SELECT id, attempt, extract(epoch FROM clock_timestamp() - claimed_at), $4, queue, name, $1, trace FROM finished
RETURNING job_id;

-- bury: the same for jobs that died: their row moves to the dead letters, with how it died and its history
WITH finished AS (
    DELETE FROM mailroom.outbox_job AS job
    USING unnest($2::bigint[], $3::integer[]) AS held (id, claims)
    WHERE job.id = held.id AND job.claims = held.claims AND job.worker = $1
    RETURNING
        job.id, job.created_at, job.run_at, job.turn_at, job.lease_until, job.claimed_at, job.claims,
        job.forgiven, job.worker, job.priority, job.attempts_max, job.timeout_seconds, job.backoff_seconds,
        job.backoff_factor, job.backoff_max_seconds, job.backoff_jitter, job.queue, job.name, job.payload,
        job.key, job.dedup_key, job.dedup_seconds, job.last_error, job.trace, job.bot, job.chat,
        job.update_id, job.effect, job.epoch
), free AS (
    DELETE FROM mailroom.outbox_key AS started USING finished
    WHERE started.queue = finished.queue AND started.key = finished.key AND started.job_id = finished.id
), next AS (
    UPDATE mailroom.outbox_job AS job SET turn_at = clock_timestamp()
    FROM finished CROSS JOIN LATERAL (
        SELECT id FROM mailroom.outbox_job AS next
        WHERE next.queue = finished.queue AND next.key = finished.key AND next.id <> finished.id
          AND next.run_at <= clock_timestamp()
        ORDER BY next.id LIMIT 1
        FOR UPDATE OF next SKIP LOCKED
    ) AS next
    WHERE finished.key IS NOT NULL AND job.id = next.id
), expiring AS (
    UPDATE mailroom.outbox_dedup AS dedup SET expires_at = clock_timestamp() + make_interval(secs => finished.dedup_seconds)
    FROM finished
    WHERE dedup.queue = finished.queue AND dedup.key = finished.dedup_key AND dedup.job_id = finished.id
), event AS (
    INSERT INTO mailroom.outbox_event (job_id, attempt, seconds, kind, queue, name, worker, trace, error)
    SELECT
        id, claims - forgiven, extract(epoch FROM clock_timestamp() - claimed_at), 'dead', queue, name, $1, trace,
        said.error
    FROM finished JOIN unnest($2::bigint[], $4::text[]) AS said (id, error) USING (id)
    RETURNING job_id, at, kind, attempt, seconds, worker, error
), dead AS (
    INSERT INTO mailroom.outbox_dead (
        id, created_at, run_at, turn_at, lease_until, claimed_at, claims, forgiven, worker, priority,
        attempts_max, timeout_seconds, backoff_seconds, backoff_factor, backoff_max_seconds, backoff_jitter,
        queue, name, payload, key, dedup_key, dedup_seconds, last_error, trace, bot, chat, update_id, effect,
        epoch,
        died_at, error, traceback, history
    )
    SELECT
        finished.id, finished.created_at, finished.run_at, finished.turn_at, finished.lease_until,
        finished.claimed_at, finished.claims, finished.forgiven, finished.worker, finished.priority,
        finished.attempts_max, finished.timeout_seconds, finished.backoff_seconds, finished.backoff_factor,
        finished.backoff_max_seconds, finished.backoff_jitter, finished.queue, finished.name,
        finished.payload, finished.key, finished.dedup_key, finished.dedup_seconds, finished.last_error,
        finished.trace, finished.bot, finished.chat, finished.update_id, finished.effect, finished.epoch,
        clock_timestamp(), said.error, said.traceback,
        (SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
            'at', past.at, 'kind', past.kind, 'attempt', past.attempt, 'seconds', past.seconds,
            'worker', past.worker, 'error', past.error)) ORDER BY past.at)
         FROM (SELECT at, kind, attempt, seconds, worker, error FROM mailroom.outbox_event WHERE job_id = finished.id
               UNION ALL
               SELECT at, kind, attempt, seconds, worker, error FROM event WHERE job_id = finished.id) AS past)
    FROM finished JOIN unnest($2::bigint[], $4::text[], $5::text[]) AS said (id, error, traceback) USING (id)
    RETURNING id
)
SELECT id AS job_id FROM dead;

-- put_back: let jobs whose fence is ours stand in line again; they keep their key
WITH back AS (
    UPDATE mailroom.outbox_job AS job
    SET run_at = moment.run_at, turn_at = greatest(moment.run_at, clock_timestamp()),
        worker = NULL, lease_until = '-infinity',
        forgiven = job.forgiven + said.forgiven, last_error = coalesce(said.error, job.last_error)
    FROM unnest($2::bigint[], $3::integer[], $4::float8[], $5::timestamptz[], $6::integer[], $7::text[])
         AS said (id, claims, delay_seconds, until, forgiven, error)
    CROSS JOIN LATERAL (
        SELECT coalesce(said.until, clock_timestamp() + make_interval(secs => said.delay_seconds)) AS run_at
    ) AS moment
    WHERE job.id = said.id AND job.claims = said.claims AND job.worker = $1
    RETURNING job.id, job.claims - job.forgiven + said.forgiven AS attempt, job.claimed_at, said.forgiven,
        job.queue, job.name, job.trace, said.error
)
INSERT INTO mailroom.outbox_event (job_id, attempt, seconds, kind, queue, name, worker, trace, error)
SELECT
    id, attempt, extract(epoch FROM clock_timestamp() - claimed_at),
    CASE forgiven WHEN 0 THEN 'retry' ELSE 'snoozed' END, queue, name, $1, trace, error
FROM back
RETURNING job_id;

-- renew: a longer lease for jobs whose fence is ours; those missing from the answer are not ours any more
UPDATE mailroom.outbox_job AS job SET lease_until = clock_timestamp() + make_interval(secs => $4)
FROM unnest($2::bigint[], $3::integer[]) AS held (id, claims)
WHERE job.id = held.id AND job.claims = held.claims AND job.worker = $1
RETURNING job.id;
