-- publish: write messages and their jobs, those that no earlier one with their deduplication key stands for
-- One row for each that was wanted, in their order. No two of a statement have one key.
WITH wanted AS MATERIALIZED (
    SELECT
        nextval('mailroom.outbox_job_id_seq') AS id, clock_timestamp() AS now, wanted.*,
        greatest(coalesce(wanted.until, clock_timestamp()), clock_timestamp() + make_interval(secs => wanted.delay)) AS due
    FROM unnest(
        $1::text[], $2::text[], $3::text[], $4::bytea[], $5::text[], $6::timestamptz[], $7::float8[], $8::text[],
        $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::bigint[], $15::text[],
        $16::bytea[], $17::integer[], $18::real[]
    ) WITH ORDINALITY AS wanted (
        url, method, headers, body, config, until, delay, labels, queue, flow, url_group, endpoint, schedule, parent,
        caller, dedup_key, attempts_max, timeout_seconds, place
    )
), kept AS (
    INSERT INTO mailroom.qstash_dedup AS dedup (key, message_id, born, expires_at)
    SELECT dedup_key, id, now, now + make_interval(secs => $19) FROM wanted
    WHERE dedup_key IS NOT NULL ORDER BY dedup_key
    ON CONFLICT (key) DO UPDATE
        SET message_id = excluded.message_id, born = excluded.born, expires_at = excluded.expires_at
        WHERE dedup.expires_at <= clock_timestamp()
    RETURNING message_id
), fresh AS MATERIALIZED (
    SELECT * FROM wanted WHERE dedup_key IS NULL OR id IN (SELECT message_id FROM kept)
), written AS (
    INSERT INTO mailroom.qstash_message (
        id, born, url, method, headers, body, config, not_before, labels, queue, flow, url_group, endpoint, schedule,
        parent, caller
    )
    SELECT
        id, now, url, method, headers::jsonb, body, config::jsonb, due,
        CASE WHEN labels = '' THEN '{}' ELSE string_to_array(labels, ',') END, queue, flow, url_group, endpoint, schedule,
        parent, caller
    FROM fresh
), queued AS (
    INSERT INTO mailroom.outbox_job (
        id, queue, name, payload, priority, timeout_seconds, attempts_max, backoff_seconds, backoff_factor,
        backoff_max_seconds, backoff_jitter, created_at, run_at, turn_at, lane
    )
    SELECT
        id, $20, $21, '{}', 2, timeout_seconds, attempts_max, 12, 12, 86400, 0, now, due,
        CASE WHEN queue IS NULL AND flow IS NULL THEN due ELSE 'infinity' END,
        CASE WHEN queue IS NOT NULL THEN 'q:' || queue WHEN flow IS NOT NULL THEN 'f:' || flow END
    FROM fresh ORDER BY place
)
SELECT
    wanted.id, wanted.now AS born, wanted.id IN (SELECT id FROM fresh) AS fresh, dedup.message_id AS holder,
    dedup.born AS holder_born
FROM wanted LEFT JOIN mailroom.qstash_dedup AS dedup ON dedup.key = wanted.dedup_key
ORDER BY wanted.place;

-- holders: the messages that stand for deduplication keys
SELECT message_id, born FROM unnest($1::bytea[]) WITH ORDINALITY AS wanted (key, place)
JOIN mailroom.qstash_dedup AS dedup USING (key) ORDER BY place;

-- reach_lanes: lanes of new messages: made where there is none, with the newest limits unless these are pinned
-- They are written in the order of their names. Whoever adds to a lane says so here, or nobody would look at it.
INSERT INTO mailroom.qstash_lane AS lane (lane, is_queue, parallelism, rate, period_seconds, next_at)
SELECT DISTINCT ON (lane) lane, is_queue, parallelism, rate, period_seconds, due
FROM unnest($1::text[], $2::boolean[], $3::integer[], $4::integer[], $5::integer[], $6::timestamptz[])
     AS reached (lane, is_queue, parallelism, rate, period_seconds, due)
ORDER BY lane
ON CONFLICT (lane) DO UPDATE SET
    parallelism = CASE WHEN lane.is_queue OR lane.pinned_parallelism THEN lane.parallelism ELSE excluded.parallelism END,
    rate = CASE WHEN lane.is_queue OR lane.pinned_rate THEN lane.rate ELSE excluded.rate END,
    period_seconds = CASE WHEN lane.is_queue OR lane.pinned_rate THEN lane.period_seconds ELSE excluded.period_seconds END,
    next_at = least(lane.next_at, excluded.next_at);
