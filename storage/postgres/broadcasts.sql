-- create: write a broadcast that nobody is told of yet
INSERT INTO mailroom.broadcast (bot, message, as_event) VALUES ($1, $2, $3) RETURNING id;

-- add: add recipients to a broadcast that is being filled; one who is there already is there once
INSERT INTO mailroom.broadcast_recipient (broadcast_id, chat_id)
SELECT broadcast.id, chat_id FROM mailroom.broadcast, unnest($2::bigint[]) AS chat_id
WHERE broadcast.id = $1 AND broadcast.status = 'filling'
ON CONFLICT DO NOTHING;

-- leave: a chat that is not to be told any more leaves those of a bot's broadcasts that have not reached it
DELETE FROM mailroom.broadcast_recipient AS recipient USING mailroom.broadcast
WHERE broadcast.bot = $1 AND broadcast.status IN ('filling', 'running', 'paused')
  AND recipient.broadcast_id = broadcast.id AND recipient.chat_id = $2 AND recipient.state = 'waiting';

-- forget: nobody knows any more that a chat was told
DELETE FROM mailroom.broadcast_recipient AS recipient USING mailroom.broadcast
WHERE broadcast.bot = $1 AND recipient.broadcast_id = broadcast.id AND recipient.chat_id = $2;

-- status: move a broadcast from one of some states to another, and say who did it and why
UPDATE mailroom.broadcast SET
    status = $2, status_by = $4, status_why = $5,
    started_at = CASE WHEN $2 = 'running' THEN coalesce(started_at, clock_timestamp()) ELSE started_at END,
    finished_at = CASE WHEN $2 IN ('cancelled', 'done') THEN clock_timestamp() END
WHERE id = $1 AND status = ANY ($3::text[])
RETURNING id;

-- repeat: let those be told again of whom nobody knows whether they were, once on-call has decided so
WITH again AS (
    UPDATE mailroom.broadcast_recipient AS recipient SET state = 'waiting', due_at = now(), reason = NULL
    FROM mailroom.broadcast
    WHERE broadcast.id = $1 AND broadcast.status IN ('running', 'paused', 'done')
      AND recipient.broadcast_id = broadcast.id AND recipient.state = 'unknown'
    RETURNING recipient.chat_id
), running AS (
    UPDATE mailroom.broadcast SET status = 'running', finished_at = NULL
    WHERE id = $1 AND status = 'done' AND EXISTS (SELECT FROM again)
)
SELECT count(*) FROM again;

-- broadcasts: the newest broadcasts, of one bot or of all
SELECT
    id, bot, status, status_by, status_why, message, created_at, started_at, finished_at,
    extract(epoch FROM clock_timestamp() - started_at)::float8 AS age_seconds
FROM mailroom.broadcast
WHERE ($1::text IS NULL OR bot = $1) AND ($2::bigint IS NULL OR id = $2)
ORDER BY id DESC LIMIT $3;

-- tally: how many recipients of broadcasts are in which state, and how many were told or failed in the last seconds
SELECT
    broadcast_id, state, CASE WHEN state IN ('failed', 'unknown') THEN reason END AS reason, count(*) AS chats,
    count(*) FILTER (WHERE state IN ('sent', 'failed') AND ended_at > clock_timestamp() - make_interval(secs => $2))
        AS lately
FROM mailroom.broadcast_recipient WHERE broadcast_id = ANY ($1::bigint[])
GROUP BY 1, 2, 3 ORDER BY 1, 2, 4 DESC;

-- take: take the broadcasts of a bot into our hands, if they are in nobody's
INSERT INTO mailroom.broadcast_hold AS hold (bot, owner, until) VALUES ($1, $2, clock_timestamp() + make_interval(secs => $3))
ON CONFLICT (bot) DO UPDATE SET owner = excluded.owner, until = excluded.until
WHERE hold.until < clock_timestamp()
RETURNING bot;

-- recover: what the one before us had in hand: an event is put again, its mailbox knows it; a notice is not
UPDATE mailroom.broadcast_recipient AS recipient SET
    state = CASE WHEN as_event THEN 'waiting' ELSE 'unknown' END,
    reason = CASE WHEN as_event THEN NULL ELSE $2 END,
    ended_at = CASE WHEN as_event THEN NULL ELSE clock_timestamp() END
FROM mailroom.broadcast
WHERE broadcast.bot = $1 AND broadcast.status <> 'done'
  AND recipient.broadcast_id = broadcast.id AND recipient.state = 'sending';

-- let_go: leave the broadcasts of a bot to whoever wants them
DELETE FROM mailroom.broadcast_hold WHERE bot = $1 AND owner = $2;

-- bots: which bots have something to send
SELECT DISTINCT bot FROM mailroom.broadcast WHERE status = 'running';

-- running: what a bot has to send, and by which name mailboxes know it: ids come again when a backup is restored
SELECT broadcast.id, message, concat_ws(
    '-', 'broadcast',
    CASE WHEN created_at >= since.value::timestamptz THEN (SELECT value FROM mailroom.installation WHERE key = 'id') END,
    broadcast.id,
    CASE WHEN created_at >= since.value::timestamptz THEN (extract(epoch FROM created_at) * 1000000)::bigint END
) AS name
FROM mailroom.broadcast LEFT JOIN mailroom.installation AS since ON since.key = 'job_keys_since'
WHERE bot = $1 AND status = 'running' ORDER BY broadcast.id;

-- claim: hold on to a bot, and mark those who are told next; not ours any more if it answers with nothing
WITH held AS (
    UPDATE mailroom.broadcast_hold SET until = clock_timestamp() + make_interval(secs => $3)
    WHERE bot = $1 AND owner = $2 RETURNING bot
), picked AS MATERIALIZED (
    SELECT next.broadcast_id, next.chat_id
    FROM held, unnest($4::bigint[], $5::integer[]) AS turn (id, most)
    JOIN mailroom.broadcast ON broadcast.id = turn.id AND broadcast.status = 'running'
    CROSS JOIN LATERAL (
        SELECT broadcast_id, chat_id FROM mailroom.broadcast_recipient
        WHERE broadcast_id = turn.id AND state = 'waiting' AND due_at <= clock_timestamp()
        ORDER BY due_at, chat_id LIMIT turn.most
        FOR UPDATE
    ) AS next
), claimed AS (
    UPDATE mailroom.broadcast_recipient AS recipient SET state = 'sending'
    FROM picked
    WHERE recipient.broadcast_id = picked.broadcast_id AND recipient.chat_id = picked.chat_id
      AND recipient.state = 'waiting'
    RETURNING recipient.broadcast_id, recipient.chat_id
)
SELECT claimed.broadcast_id, claimed.chat_id FROM held LEFT JOIN claimed ON true ORDER BY 1, 2;

-- settle: write down what became of those who were marked
-- Word that comes late counts too, even if the bot is in other hands by now: it is what really happened.
UPDATE mailroom.broadcast_recipient AS recipient SET
    state = said.state, reason = said.reason,
    due_at = clock_timestamp() + make_interval(secs => said.after_seconds),
    ended_at = CASE WHEN said.state = 'waiting' THEN NULL ELSE clock_timestamp() END
FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::float8[])
     AS said (broadcast_id, chat_id, state, reason, after_seconds)
WHERE recipient.broadcast_id = said.broadcast_id AND recipient.chat_id = said.chat_id
  AND (recipient.state IN ('sending', 'unknown') OR recipient.state = 'waiting' AND said.state = 'sent');

-- put_back: those marked by a claim whose answer never reached us; only to be asked with nobody else in hand
UPDATE mailroom.broadcast_recipient AS recipient SET state = 'waiting'
FROM mailroom.broadcast, mailroom.broadcast_hold AS hold
WHERE hold.bot = $1 AND hold.owner = $2 AND broadcast.bot = hold.bot
  AND broadcast.status IN ('running', 'paused', 'cancelled')
  AND recipient.broadcast_id = broadcast.id AND recipient.state = 'sending';

-- finish: close the running broadcasts of a bot that have nobody left
UPDATE mailroom.broadcast SET status = 'done', finished_at = clock_timestamp(), status_by = NULL, status_why = NULL
WHERE bot = $1 AND status = 'running' AND NOT EXISTS (
    SELECT FROM mailroom.broadcast_recipient AS recipient
    WHERE recipient.broadcast_id = broadcast.id AND recipient.state IN ('waiting', 'sending')
)
RETURNING id;

-- prune: forget broadcasts that have been over for long, with their recipients
DELETE FROM mailroom.broadcast WHERE id IN (
    SELECT id FROM mailroom.broadcast
    WHERE finished_at < now() - make_interval(secs => $1) AND status IN ('done', 'cancelled')
    ORDER BY finished_at LIMIT 1
);
