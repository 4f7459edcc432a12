-- claim: take jobs that are due, in order of priority and turn, each with an attempt counted; a row at least
-- One range of the index for each priority, from where the last claim got to ($3). Of the jobs of one key, the
-- one that may go is the one that has started, or else the first in line that is due.
WITH moment AS MATERIALIZED (
    SELECT
        clock_timestamp() AS now,
        EXISTS (SELECT FROM mailroom.outbox_queue WHERE queue = $1 AND paused_at IS NOT NULL) AS paused,
        (SELECT value::timestamptz FROM mailroom.installation WHERE key = 'job_keys_since') AS keys_since,
        (SELECT value FROM mailroom.installation WHERE key = 'id') AS installation
), candidate AS MATERIALIZED (
    SELECT job.*
    FROM unnest($2::smallint[], $3::timestamptz[]) AS line (priority, low)
    CROSS JOIN LATERAL (
        SELECT
            job.ctid AS place, job.id, job.key, job.worker AS lost_worker,
            -- Most have never been claimed, and need not be looked up.
            job.key IS NOT NULL AND job.claims > 0 AND EXISTS (
                SELECT FROM mailroom.outbox_key AS started
                WHERE started.queue = $1 AND started.key = job.key AND started.job_id = job.id
            ) AS started
        FROM mailroom.outbox_job AS job
        WHERE job.queue = $1 AND job.priority = line.priority
          AND job.turn_at >= line.low AND job.turn_at <= (SELECT now FROM moment)
          AND job.lease_until < (SELECT now FROM moment)
          AND NOT (SELECT paused FROM moment)
          AND (job.key IS NULL OR job.id = coalesce(
              (SELECT started.job_id FROM mailroom.outbox_key AS started WHERE started.queue = $1 AND started.key = job.key),
              (SELECT first.id FROM mailroom.outbox_job AS first
               WHERE first.queue = $1 AND first.key = job.key AND first.run_at <= (SELECT now FROM moment)
               ORDER BY first.id LIMIT 1)
          ))
          -- What of the key is left under the name that the queue had before goes first: see renamed.py.
          AND ($7::text IS NULL OR job.key IS NULL OR NOT EXISTS (
              SELECT FROM mailroom.outbox_job AS former WHERE former.queue = $7 AND former.key = job.key
          ))
        ORDER BY job.turn_at, job.id
        LIMIT $4
        FOR UPDATE OF job SKIP LOCKED
    ) AS job
    LIMIT $4
), taken AS (
    -- Two claims that want the same key: one of the rows comes to be, and that one's job may start.
    INSERT INTO mailroom.outbox_key (queue, key, job_id)
    SELECT $1, key, id FROM candidate WHERE key IS NOT NULL AND NOT started ORDER BY key
    ON CONFLICT DO NOTHING RETURNING job_id
), claimed AS (
    UPDATE mailroom.outbox_job AS job
    SET claims = job.claims + 1, worker = $5, claimed_at = moment.now,
        lease_until = moment.now + make_interval(secs => $6)
    FROM candidate CROSS JOIN moment
    WHERE job.ctid = candidate.place
      AND (candidate.key IS NULL OR candidate.started OR candidate.id IN (SELECT job_id FROM taken))
    RETURNING
        job.id, job.queue, job.name, job.payload, job.key, job.priority, job.claims - job.forgiven AS attempt,
        job.attempts_max, job.claims, job.timeout_seconds, job.backoff_seconds, job.backoff_factor,
        job.backoff_max_seconds, job.backoff_jitter, job.created_at, job.run_at, job.last_error, job.trace,
        job.bot, job.chat, job.update_id, job.effect,
        greatest(extract(epoch FROM moment.now - job.run_at), 0)::float8 AS waited_seconds,
        CASE WHEN job.created_at >= moment.keys_since THEN moment.installation END AS installation,
        job.turn_at, candidate.lost_worker
), lost AS (
    INSERT INTO mailroom.outbox_event (job_id, attempt, kind, queue, name, worker, trace, error)
    SELECT id, attempt - 1, 'lost', queue, name, lost_worker, trace, 'the lease ran out: its worker died or hung'
    FROM claimed WHERE lost_worker IS NOT NULL
)
SELECT claimed.*, moment.now, moment.paused, (SELECT count(*) FROM candidate) AS seen
FROM moment LEFT JOIN claimed ON true;

-- next_due: in how many seconds the next job of the queue has its turn
SELECT extract(epoch FROM min(next.turn_at) - clock_timestamp())::float8
FROM unnest($2::smallint[]) AS line (priority)
CROSS JOIN LATERAL (
    SELECT turn_at FROM mailroom.outbox_job
    WHERE queue = $1 AND priority = line.priority AND turn_at > now()
    ORDER BY turn_at LIMIT 1
) AS next;
