-- find: messages that answer to a description, newest first; a part that is NULL does not matter
-- $1 to $9 are lists of which one has to fit: ids, groups, queues, flow keys, schedules, labels, callers, addresses, hosts.
-- $10 and $11 are the time of birth, $12 whether only what is not over, $13 how many, $14 the one before (as born, id).
SELECT
    id, born, url, method, headers, body, config, not_before, labels, queue, flow, url_group, endpoint, schedule, caller,
    retried, state
FROM mailroom.qstash_message
WHERE ($1::bigint[] IS NULL OR id = ANY ($1))
  AND ($2::text[] IS NULL OR url_group = ANY ($2))
  AND ($3::text[] IS NULL OR queue = ANY ($3))
  AND ($4::text[] IS NULL OR flow = ANY ($4))
  AND ($5::text[] IS NULL OR schedule = ANY ($5))
  AND ($6::text[] IS NULL OR labels && $6)
  AND ($7::text[] IS NULL OR caller = ANY ($7))
  AND ($8::text[] IS NULL OR url = ANY ($8))
  AND ($9::text[] IS NULL OR split_part(split_part(url, '://', 2), '/', 1) = ANY ($9))
  AND ($10::timestamptz IS NULL OR born >= $10) AND ($11::timestamptz IS NULL OR born < $11)
  AND (NOT $12 OR ended_at IS NULL AND cancel_at IS NULL)
  AND ($14::timestamptz IS NULL OR (born, id) < ($14, $15))
ORDER BY born DESC, id DESC LIMIT $13;

-- attempts: how attempts at messages went, the first one first
SELECT message_id, at, seconds, ended, status, error, headers, body, truncated, next_at
FROM mailroom.qstash_attempt WHERE message_id = ANY ($1::bigint[]) ORDER BY message_id, at;

-- dead: dead letters by their names, or those that died last; with the last attempt at each
SELECT
    dead.dlq_id, dead.died_at, message.id, message.born, message.url, message.method, message.headers, message.body,
    message.config, message.not_before, message.labels, message.queue, message.flow, message.url_group, message.endpoint,
    message.schedule, message.caller, message.retried, message.state,
    last.status, last.headers AS answer_headers, last.body AS answer_body, last.error
FROM mailroom.qstash_dead AS dead
JOIN mailroom.qstash_message AS message ON message.id = dead.message_id
LEFT JOIN LATERAL (
    SELECT status, headers, body, error FROM mailroom.qstash_attempt
    WHERE message_id = message.id ORDER BY at DESC LIMIT 1
) AS last ON true
WHERE ($1::text[] IS NULL OR dead.dlq_id = ANY ($1))
  AND ($2::bigint[] IS NULL OR message.id = ANY ($2))
  AND ($3::text[] IS NULL OR message.url_group = ANY ($3))
  AND ($4::text[] IS NULL OR message.queue = ANY ($4))
  AND ($5::text[] IS NULL OR message.flow = ANY ($5))
  AND ($6::text[] IS NULL OR message.schedule = ANY ($6))
  AND ($7::text[] IS NULL OR message.labels && $7)
  AND ($8::text[] IS NULL OR message.caller = ANY ($8))
  AND ($9::text[] IS NULL OR message.url = ANY ($9))
  AND ($10::integer[] IS NULL OR last.status = ANY ($10))
  AND ($11::timestamptz IS NULL OR dead.died_at >= $11) AND ($12::timestamptz IS NULL OR dead.died_at < $12)
  AND ($14::timestamptz IS NULL OR (dead.died_at, dead.dlq_id) < ($14, $15))
ORDER BY dead.died_at DESC, dead.dlq_id DESC LIMIT $13;
