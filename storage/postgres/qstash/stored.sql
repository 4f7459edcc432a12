-- to_deliver: what is to be called for messages, by their ids
SELECT
    id, born, url, method, headers, body, config, retried, queue, flow, url_group, endpoint, schedule, parent, caller,
    not_before
FROM mailroom.qstash_message WHERE id = ANY ($1::bigint[]);

-- returned: messages whose attempt was given up without being made: back into the lanes of their keys; which
UPDATE mailroom.outbox_job AS job SET lane = 'f:' || message.flow, turn_at = 'infinity'
FROM mailroom.qstash_message AS message
WHERE job.id = ANY ($1::bigint[]) AND message.id = job.id AND message.flow IS NOT NULL
RETURNING message.flow;
