-- outcomes: how attempts went; what each means for its message, unless somebody has canceled that meanwhile
WITH said AS MATERIALIZED (
    SELECT * FROM unnest(
        $1::bigint[], $2::smallint[], $3::timestamptz[], $4::real[], $5::integer[], $6::text[], $7::text[], $8::bytea[],
        $9::boolean[], $10::timestamptz[]
    ) AS said (id, ended, at, seconds, status, error, headers, body, truncated, next_at)
), changed AS (
    UPDATE mailroom.qstash_message AS message
    SET retried = message.retried + CASE WHEN said.ended = 0 AND message.cancel_at IS NULL THEN 1 ELSE 0 END,
        state = CASE WHEN said.ended <> 1 AND message.cancel_at IS NOT NULL THEN 3 ELSE said.ended END,
        ended_at = CASE WHEN said.ended <> 0 OR message.cancel_at IS NOT NULL THEN clock_timestamp() END
    FROM said WHERE message.id = said.id
    RETURNING message.id, message.state, said.ended, message.flow, message.parent
), attempt AS (
    INSERT INTO mailroom.qstash_attempt (message_id, at, seconds, ended, status, error, headers, body, truncated, next_at)
    SELECT
        said.id, said.at, said.seconds, changed.state, said.status, said.error, said.headers::jsonb, said.body,
        said.truncated, CASE WHEN changed.state = 0 THEN said.next_at END
    FROM said JOIN changed USING (id)
)
SELECT id, state, ended, flow, parent FROM changed ORDER BY id;

-- drop: the jobs of messages that were canceled while an attempt was made are over
WITH waiting AS (DELETE FROM mailroom.outbox_job WHERE id = ANY ($1::bigint[]))
DELETE FROM mailroom.outbox_dead WHERE id = ANY ($1::bigint[]);

-- returned: messages whose attempt was given up without being made: back into the lanes of their keys; which
UPDATE mailroom.outbox_job AS job SET lane = 'f:' || message.flow, turn_at = 'infinity'
FROM mailroom.qstash_message AS message
WHERE job.id = ANY ($1::bigint[]) AND message.id = job.id AND message.flow IS NOT NULL
RETURNING message.flow;

-- die: messages that failed for good
INSERT INTO mailroom.qstash_dead (dlq_id, message_id, died_at)
SELECT dlq_id, message_id, clock_timestamp() FROM unnest($1::text[], $2::bigint[]) AS dead (dlq_id, message_id)
ON CONFLICT (message_id) DO UPDATE SET dlq_id = excluded.dlq_id, died_at = excluded.died_at;

-- places: so many more (or fewer) parts of messages are unfinished; those of which nothing is left leave their place
WITH locked AS MATERIALIZED (
    SELECT place.message_id, changed.parts
    FROM mailroom.qstash_place AS place JOIN unnest($1::bigint[], $2::integer[]) AS changed (message_id, parts) USING (message_id)
    ORDER BY place.message_id FOR UPDATE OF place
), changed AS (
    UPDATE mailroom.qstash_place AS place SET unfinished = place.unfinished + locked.parts
    FROM locked WHERE place.message_id = locked.message_id AND place.unfinished + locked.parts > 0
), left_ AS (
    DELETE FROM mailroom.qstash_place AS place USING locked
    WHERE place.message_id = locked.message_id AND place.unfinished + locked.parts <= 0
    RETURNING place.lane
)
SELECT lane, count(*)::integer AS places FROM left_ GROUP BY lane ORDER BY lane;
