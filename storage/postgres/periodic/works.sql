-- register: make names known with their schedules; a schedule that has changed takes effect now
-- No schedule means a run later than its next one from now ($3): whoever wrote that had a clock that was ahead.
INSERT INTO mailroom.periodic_work AS work (name, schedule, next_run)
SELECT name, schedule, next_run FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS wanted (name, schedule, next_run)
ORDER BY name
ON CONFLICT (name) DO UPDATE SET
    schedule = excluded.schedule, known_at = now(),
    next_run = CASE
        WHEN work.schedule = excluded.schedule THEN least(work.next_run, excluded.next_run)
        ELSE excluded.next_run
    END
WHERE $4 OR work.schedule = excluded.schedule
   OR work.known_at NOT BETWEEN now() - make_interval(secs => $5) AND now() + make_interval(secs => $5);

-- forget: forget names that we do not know, and that nobody has known for a while
DELETE FROM mailroom.periodic_work WHERE name <> ALL ($1::text[])
  AND known_at NOT BETWEEN now() - make_interval(secs => $2) AND now() + make_interval(secs => $2);

-- now: the clock that all runs are measured by
SELECT now();

-- due: hold a work that is due until the end of the transaction; those that another process holds are passed over
SELECT name, next_run, now() AS now FROM mailroom.periodic_work
WHERE next_run <= now()
  AND (name, schedule) IN (SELECT * FROM unnest($1::text[], $2::text[]))
ORDER BY next_run, name LIMIT 1
FOR UPDATE SKIP LOCKED;

-- ran: write down a run and when the next one is
UPDATE mailroom.periodic_work
SET next_run = $2, last_run = now(), last_job_id = coalesce($3, last_job_id), last_error = $4
WHERE name = $1;

-- recall: the job of an earlier run that is still there, if it was written or claimed by a clock that was ahead
UPDATE mailroom.outbox_job SET
    run_at = least(run_at, now()), turn_at = least(turn_at, now()),
    lease_until = least(lease_until, now() + make_interval(secs => $2))
WHERE id = $1 AND greatest(created_at, claimed_at) > now() + make_interval(secs => $2);

-- clocks: when each is due, and what time it is
SELECT name, schedule, next_run, now() AS now FROM mailroom.periodic_work;

-- until_next: in how many seconds the next of these is due
SELECT extract(epoch FROM min(next_run) - clock_timestamp())::float8 FROM mailroom.periodic_work WHERE name = ANY ($1::text[]);

-- all_works: what on-call sees
SELECT name, schedule, last_run, next_run, last_job_id, last_error FROM mailroom.periodic_work ORDER BY name;

-- hasten: have a work run now; whoever knows it takes it within seconds. What is due already stays as it is
UPDATE mailroom.periodic_work SET next_run = least(next_run, now()) WHERE name = $1 RETURNING last_run, now() AS now;

-- last_runs: what became of the last job of each work: where it stands, or what the history has of its end
SELECT work.name, coalesce(job.state, ended.kind) AS state, coalesce(job.last_error, ended.error) AS error,
       ended.at AS ended_at, ended.seconds
FROM mailroom.periodic_work AS work
LEFT JOIN mailroom.outbox_seen AS job ON job.id = work.last_job_id
LEFT JOIN LATERAL (
    SELECT kind, error, at, seconds FROM mailroom.outbox_event AS event
    WHERE event.job_id = work.last_job_id AND kind IN ('done', 'dropped', 'dead') ORDER BY at DESC LIMIT 1
) AS ended ON true
WHERE work.last_job_id IS NOT NULL;
