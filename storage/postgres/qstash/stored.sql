-- to_deliver: what is to be called for messages, by their ids
SELECT
    id, born, url, method, headers, body, config, not_before, labels, queue, flow, url_group, endpoint, schedule, caller,
    retried, state
FROM mailroom.qstash_message WHERE id = ANY ($1::bigint[]);
