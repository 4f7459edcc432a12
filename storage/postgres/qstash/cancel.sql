-- cancel: messages that are not over: those that wait are over now, those in hand once their attempt has ended
-- Locked in the order of their ids. In hand is what has a lease that has not run out.
WITH wanted AS MATERIALIZED (
    SELECT message.id, message.flow, message.parent
    FROM mailroom.qstash_message AS message
    WHERE message.id = ANY ($1::bigint[]) AND message.ended_at IS NULL AND message.cancel_at IS NULL
    ORDER BY message.id FOR UPDATE
), job AS MATERIALIZED (
    SELECT job.id, job.lease_until > clock_timestamp() AS in_hand, job.lane
    FROM mailroom.outbox_job AS job WHERE job.id IN (SELECT id FROM wanted)
    ORDER BY job.id FOR UPDATE
), over AS (
    DELETE FROM mailroom.outbox_job WHERE id IN (SELECT id FROM job WHERE NOT in_hand)
), marked AS (
    UPDATE mailroom.qstash_message AS message
    SET cancel_at = clock_timestamp(),
        state = CASE WHEN coalesce(job.in_hand, false) THEN message.state ELSE 3 END,
        ended_at = CASE WHEN NOT coalesce(job.in_hand, false) THEN clock_timestamp() END
    FROM wanted LEFT JOIN job USING (id) WHERE message.id = wanted.id
    RETURNING message.id
)
SELECT
    wanted.id, coalesce(job.in_hand, false) AS in_hand, wanted.parent,
    -- A place of a flow key that an attempt had which died with its worker.
    CASE WHEN job.lane LIKE 'r:%' AND NOT job.in_hand THEN 'f:' || substr(job.lane, 3) END AS lane
FROM wanted LEFT JOIN job USING (id) WHERE wanted.id IN (SELECT id FROM marked) ORDER BY wanted.id;
