-- claim_queues: admit messages of queues that have a place free: they hold it until they and their callbacks are over
-- A message that has a flow key as well goes on to wait for that; all others are claimed. At least one row.
WITH moment AS MATERIALIZED (
    SELECT
        clock_timestamp() AS now,
        (SELECT value FROM mailroom.installation WHERE key = 'id') AS installation
), due AS MATERIALIZED (
    SELECT lane, coalesce(parallelism, 1) - running AS free
    FROM mailroom.qstash_lane
    WHERE is_queue AND paused_at IS NULL AND next_at <= (SELECT now FROM moment)
      AND NOT EXISTS (SELECT FROM mailroom.outbox_queue WHERE queue = $5 AND paused_at IS NOT NULL)
    ORDER BY next_at LIMIT $1
    FOR NO KEY UPDATE SKIP LOCKED
), shared AS MATERIALIZED (
    SELECT lane, free, least(free, $2 - before) AS most
    FROM (SELECT due.*, coalesce(sum(greatest(free, 0)) OVER (
        ORDER BY lane ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::integer AS before FROM due) AS counted
    WHERE before < $2
), candidate AS MATERIALIZED (
    SELECT shared.lane, job.id, job.flow
    FROM shared CROSS JOIN LATERAL (
        SELECT job.id, message.flow
        FROM mailroom.outbox_job AS job JOIN mailroom.qstash_message AS message USING (id)
        WHERE job.lane = shared.lane AND job.run_at <= (SELECT now FROM moment)
        ORDER BY job.run_at, job.id LIMIT greatest(shared.most, 0)
        FOR UPDATE OF job SKIP LOCKED
    ) AS job
), placed AS (
    INSERT INTO mailroom.qstash_place (message_id, lane, unfinished)
    SELECT id, lane, 1 FROM candidate
), moved AS (
    UPDATE mailroom.outbox_job AS job SET lane = 'f:' || candidate.flow
    FROM candidate WHERE job.id = candidate.id AND candidate.flow IS NOT NULL
), claimed AS (
    UPDATE mailroom.outbox_job AS job
    SET claims = job.claims + 1, worker = $3, claimed_at = moment.now, lane = NULL, turn_at = job.run_at,
        lease_until = moment.now + make_interval(secs => $4)
    FROM candidate CROSS JOIN moment WHERE job.id = candidate.id AND candidate.flow IS NULL
    RETURNING
        job.id, job.queue, job.name, job.payload, job.key, job.priority, job.claims - job.forgiven AS attempt,
        job.attempts_max, job.claims, job.timeout_seconds, job.backoff_seconds, job.backoff_factor,
        job.backoff_max_seconds, job.backoff_jitter, job.created_at, job.run_at, job.last_error, job.trace,
        job.bot, job.chat, job.update_id, job.effect,
        greatest(extract(epoch FROM moment.now - job.run_at), 0)::float8 AS waited_seconds,
        moment.installation
), spent AS (
    UPDATE mailroom.qstash_lane AS lane
    SET running = lane.running + taken.jobs,
        next_at = CASE
            WHEN taken.jobs >= shared.free THEN 'infinity'
            WHEN taken.jobs >= shared.most THEN lane.next_at
            ELSE coalesce((
                SELECT greatest(later.run_at, (SELECT now FROM moment) + interval '50 milliseconds')
                FROM mailroom.outbox_job AS later
                WHERE later.lane = shared.lane AND later.id NOT IN (SELECT id FROM candidate)
                ORDER BY later.run_at LIMIT 1
            ), 'infinity') END
    FROM shared
    CROSS JOIN LATERAL (SELECT count(*)::integer AS jobs FROM candidate WHERE candidate.lane = shared.lane) AS taken
    WHERE lane.lane = shared.lane
)
SELECT claimed.*, (SELECT array_agg(DISTINCT 'f:' || flow ORDER BY 'f:' || flow) FROM candidate WHERE flow IS NOT NULL) AS woken,
    (SELECT count(*) FROM candidate) AS seen
FROM moment LEFT JOIN claimed ON true;

-- claim_keys: take messages of flow keys that have a place free, and whose rate allows another start; at least one row
-- Starts are counted in periods aligned to 1970.
WITH moment AS MATERIALIZED (
    SELECT
        clock_timestamp() AS now,
        (SELECT value FROM mailroom.installation WHERE key = 'id') AS installation
), due AS MATERIALIZED (
    SELECT lane, parallelism, rate, period_seconds, running, window_at, started
    FROM mailroom.qstash_lane
    WHERE NOT is_queue AND paused_at IS NULL AND next_at <= (SELECT now FROM moment)
      AND NOT EXISTS (SELECT FROM mailroom.outbox_queue WHERE queue = $5 AND paused_at IS NOT NULL)
    ORDER BY next_at LIMIT $1
    FOR NO KEY UPDATE SKIP LOCKED
), room AS MATERIALIZED (
    SELECT
        due.lane, due.rate, due.period_seconds, start, used,
        least(coalesce(due.parallelism, 2147483647) - due.running, coalesce(due.rate, 2147483647) - used, $2) AS free
    FROM due CROSS JOIN moment
    CROSS JOIN LATERAL (
        SELECT date_bin(make_interval(secs => due.period_seconds), moment.now, 'epoch'::timestamptz) AS start
    ) AS this
    CROSS JOIN LATERAL (SELECT CASE WHEN due.window_at = start THEN due.started ELSE 0 END AS used) AS counted
), shared AS MATERIALIZED (
    SELECT room.*, least(free, $2 - before) AS most
    FROM (SELECT room.*, coalesce(sum(greatest(free, 0)) OVER (
        ORDER BY lane ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::bigint AS before FROM room) AS room
    WHERE before < $2
), candidate AS MATERIALIZED (
    SELECT shared.lane, job.id
    FROM shared CROSS JOIN LATERAL (
        SELECT id FROM mailroom.outbox_job AS job
        WHERE job.lane = shared.lane AND job.run_at <= (SELECT now FROM moment)
        ORDER BY job.run_at, job.id LIMIT greatest(shared.most, 0)
        FOR UPDATE SKIP LOCKED
    ) AS job
), claimed AS (
    UPDATE mailroom.outbox_job AS job
    SET claims = job.claims + 1, worker = $3, claimed_at = moment.now, lane = 'r:' || substr(candidate.lane, 3),
        lease_until = moment.now + make_interval(secs => $4)
    FROM candidate CROSS JOIN moment WHERE job.id = candidate.id
    RETURNING
        job.id, job.queue, job.name, job.payload, job.key, job.priority, job.claims - job.forgiven AS attempt,
        job.attempts_max, job.claims, job.timeout_seconds, job.backoff_seconds, job.backoff_factor,
        job.backoff_max_seconds, job.backoff_jitter, job.created_at, job.run_at, job.last_error, job.trace,
        job.bot, job.chat, job.update_id, job.effect,
        greatest(extract(epoch FROM moment.now - job.run_at), 0)::float8 AS waited_seconds,
        moment.installation
), spent AS (
    UPDATE mailroom.qstash_lane AS lane
    SET running = lane.running + taken.jobs, window_at = shared.start, started = shared.used + taken.jobs,
        next_at = CASE
            WHEN taken.jobs >= shared.free THEN
                CASE WHEN shared.rate IS NOT NULL AND shared.used + taken.jobs >= shared.rate
                    THEN shared.start + make_interval(secs => shared.period_seconds)
                    WHEN taken.jobs >= $2 THEN lane.next_at
                    ELSE 'infinity' END
            WHEN taken.jobs >= shared.most THEN lane.next_at
            ELSE coalesce((
                SELECT greatest(later.run_at, (SELECT now FROM moment) + interval '50 milliseconds')
                FROM mailroom.outbox_job AS later
                WHERE later.lane = shared.lane AND later.id NOT IN (SELECT id FROM candidate)
                ORDER BY later.run_at LIMIT 1
            ), 'infinity') END
    FROM shared
    CROSS JOIN LATERAL (SELECT count(*)::integer AS jobs FROM candidate WHERE candidate.lane = shared.lane) AS taken
    WHERE lane.lane = shared.lane
)
SELECT claimed.*, (SELECT count(*) FROM candidate) AS seen FROM moment LEFT JOIN claimed ON true;

-- wake: lanes are worth looking at now; locked in the order of their names, as everywhere
WITH locked AS MATERIALIZED (
    SELECT lane FROM mailroom.qstash_lane WHERE lane = ANY ($1::text[]) ORDER BY lane FOR NO KEY UPDATE
)
UPDATE mailroom.qstash_lane AS lane SET next_at = least(lane.next_at, clock_timestamp())
FROM locked WHERE lane.lane = locked.lane;

-- release: places of lanes ($1) are free again, so many of each ($2)
WITH locked AS MATERIALIZED (
    SELECT lane.lane, freed.places
    FROM mailroom.qstash_lane AS lane JOIN unnest($1::text[], $2::integer[]) AS freed (lane, places) USING (lane)
    ORDER BY lane.lane FOR NO KEY UPDATE OF lane
)
UPDATE mailroom.qstash_lane AS lane
SET running = greatest(lane.running - locked.places, 0),
    next_at = least(lane.next_at, CASE
        WHEN lane.rate IS NOT NULL AND lane.started >= lane.rate
            THEN greatest(lane.window_at + make_interval(secs => lane.period_seconds), clock_timestamp())
        ELSE clock_timestamp() END)
FROM locked WHERE lane.lane = locked.lane;

-- park: messages that are to be tried again under a flow key wait in its lane
UPDATE mailroom.outbox_job AS job SET lane = 'f:' || waits.flow, turn_at = 'infinity'
FROM unnest($1::bigint[], $2::text[]) AS waits (id, flow)
WHERE job.id = waits.id;

-- lost: attempts under flow keys whose lease has run out: the message waits in its lane again; which, and how many
WITH gone AS MATERIALIZED (
    SELECT id, lane FROM mailroom.outbox_job
    WHERE lane >= 'r:' AND lane < 'r;' AND lease_until < clock_timestamp()
    ORDER BY id LIMIT $1
    FOR UPDATE SKIP LOCKED
), back AS (
    UPDATE mailroom.outbox_job AS job
    SET lane = 'f:' || substr(gone.lane, 3), worker = NULL, lease_until = '-infinity', run_at = job.run_at
    FROM gone WHERE job.id = gone.id
    RETURNING job.lane, job.id, job.claims - job.forgiven AS attempt, job.queue, job.name, job.trace
), told AS (
    INSERT INTO mailroom.outbox_event (job_id, attempt, kind, queue, name, trace, error)
    SELECT id, attempt, 'lost', queue, name, trace, 'the lease ran out: its worker died or hung' FROM back
)
SELECT lane, count(*)::integer AS places FROM back GROUP BY lane ORDER BY lane;

-- next_due: in how many seconds the next lane is worth looking at
SELECT extract(epoch FROM min(next_at) - clock_timestamp())::float8
FROM mailroom.qstash_lane WHERE paused_at IS NULL AND next_at < 'infinity';
