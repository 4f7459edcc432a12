-- news: whether anything is left under an old name, or it may still be claimed from
SELECT
    EXISTS (SELECT FROM mailroom.outbox_job WHERE queue = $1)
    OR EXISTS (SELECT FROM mailroom.outbox_dead WHERE queue = $1)
    OR EXISTS (SELECT FROM mailroom.outbox_dedup WHERE queue = $1)
    OR NOT EXISTS (SELECT FROM mailroom.outbox_queue WHERE queue = $1 AND paused_at IS NOT NULL AND paused_by = $2);

-- alone: whether nobody else moves jobs just now; until the transaction ends nobody will
SELECT pg_try_advisory_xact_lock(hashtext('mailroom.outbox.renamed'));

-- pause_each: who has paused the old name has paused the new ones
INSERT INTO mailroom.outbox_queue AS known (queue, paused_at, paused_by, why)
SELECT new.queue, old.paused_at, old.paused_by, old.why
FROM mailroom.outbox_queue AS old CROSS JOIN unnest($3::text[]) AS new (queue)
WHERE old.queue = $1 AND old.paused_at IS NOT NULL AND old.paused_by <> $2
ON CONFLICT (queue) DO UPDATE SET paused_at = excluded.paused_at, paused_by = excluded.paused_by, why = excluded.why
WHERE known.paused_at IS NULL;

-- retire: from now on nobody claims jobs by the old name, whatever version they are of
INSERT INTO mailroom.outbox_queue AS known (queue, paused_at, paused_by, why) VALUES ($1, clock_timestamp(), $2, $3)
ON CONFLICT (queue) DO UPDATE SET paused_at = excluded.paused_at, paused_by = excluded.paused_by, why = excluded.why
WHERE known.paused_at IS NULL OR known.paused_by <> excluded.paused_by;

-- jobs: those that are to move, in the order they came; whose row somebody is writing comes next time
SELECT id, name, payload, bot FROM mailroom.outbox_job WHERE queue = $1 ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED;

-- dead: the same for dead letters
SELECT id, name, payload, bot FROM mailroom.outbox_dead WHERE queue = $1 ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED;

-- move_keys: a job that has started keeps its key under the new name
WITH told AS (SELECT * FROM unnest($2::bigint[], $3::text[]) AS told (id, queue)), old AS (
    DELETE FROM mailroom.outbox_key AS started USING told
    WHERE started.queue = $1 AND started.job_id = told.id
    RETURNING told.queue, started.key, started.job_id
)
INSERT INTO mailroom.outbox_key (queue, key, job_id) SELECT queue, key, job_id FROM old ON CONFLICT DO NOTHING;

-- move_dedup: so with deduplication keys of the living; returned are the jobs whose key is another's there
WITH told AS (SELECT * FROM unnest($2::bigint[], $3::text[]) AS told (id, queue)), old AS (
    DELETE FROM mailroom.outbox_dedup AS dedup USING told
    WHERE dedup.queue = $1 AND dedup.job_id = told.id
    RETURNING told.queue, dedup.key, dedup.job_id, dedup.expires_at
), kept AS (
    INSERT INTO mailroom.outbox_dedup (queue, key, job_id, expires_at) SELECT queue, key, job_id, expires_at FROM old
    ON CONFLICT DO NOTHING RETURNING job_id
)
SELECT job_id FROM old WHERE job_id NOT IN (SELECT job_id FROM kept);

-- move_dedup_of_gone: those of jobs that are over go on under every name that took over from the old one
WITH old AS (
    DELETE FROM mailroom.outbox_dedup AS dedup
    WHERE queue = $1 AND NOT EXISTS (SELECT FROM mailroom.outbox_job AS job WHERE job.id = dedup.job_id)
    RETURNING key, job_id, expires_at
)
INSERT INTO mailroom.outbox_dedup (queue, key, job_id, expires_at)
SELECT new.queue, key, job_id, expires_at FROM old CROSS JOIN unnest($2::text[]) AS new (queue)
ON CONFLICT DO NOTHING;

-- drop_twins: of two jobs with one deduplication key the one that has not begun is too many
WITH dropped AS (
    DELETE FROM mailroom.outbox_job WHERE id = ANY ($1::bigint[]) AND claims = 0
    RETURNING id, queue, name, trace
)
INSERT INTO mailroom.outbox_event (job_id, attempt, kind, queue, name, trace, error)
SELECT id, 0, 'dropped', queue, name, trace, 'another job has its deduplication key' FROM dropped;

-- move_jobs: in hand or waiting; what is due comes to the end of its line, where every claim will see it
UPDATE mailroom.outbox_job AS job
SET queue = told.queue, turn_at = greatest(job.turn_at, clock_timestamp())
FROM unnest($2::bigint[], $3::text[]) AS told (id, queue)
WHERE job.id = told.id AND job.queue = $1;

-- move_dead: dead letters
UPDATE mailroom.outbox_dead AS dead SET queue = told.queue
FROM unnest($2::bigint[], $3::text[]) AS told (id, queue)
WHERE dead.id = told.id AND dead.queue = $1;
