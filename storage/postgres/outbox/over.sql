-- over: jobs that were done or dropped, the newest first; of one that was requeued after it died, each end
SELECT job_id, kind, at, queue, name, attempt, seconds, worker, trace FROM mailroom.outbox_event
WHERE slot = ANY ($8::smallint[]) AND kind = $1
  AND ($2::text IS NULL OR queue = $2) AND ($3::text IS NULL OR name = $3) AND ($4::text IS NULL OR trace = $4)
  AND ($5::timestamptz IS NULL OR at >= $5) AND ($6::timestamptz IS NULL OR at < $6)
  AND ($7::bigint[] IS NULL OR job_id = ANY ($7))
ORDER BY job_id DESC LIMIT $9;
