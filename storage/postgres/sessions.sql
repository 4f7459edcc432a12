-- open: somebody has proved who they are in a browser; $6 is for how many seconds it is remembered.
INSERT INTO mailroom.page_session (digest, bot, person, addresses, about, until)
VALUES ($1, $2, $3, $4, $5, now() + make_interval(secs => $6))
RETURNING id;

-- most: nobody is remembered in more than $3 browsers; the others are those that were not seen for longest.
DELETE FROM mailroom.page_session WHERE id IN (
    SELECT id FROM mailroom.page_session WHERE bot = $1 AND person = $2 ORDER BY seen_at DESC, id DESC OFFSET $3
)
RETURNING id;

-- find: the session of a token at a bot, if it is not over; and whether it is to be seen to.
SELECT id, bot, person, addresses, about, made_at, seen_at, until, seen_at < now() - make_interval(secs => $3) AS stale
FROM mailroom.page_session WHERE digest = $1 AND bot = $2 AND until > now();

-- see: it was used; from now on it is remembered for $2 seconds more.
UPDATE mailroom.page_session SET seen_at = now(), until = now() + make_interval(secs => $2)
WHERE id = $1 AND until > now();

-- add: one more address was proved in it.
UPDATE mailroom.page_session SET addresses = array_append(addresses, $2)
WHERE id = $1 AND NOT $2 = ANY(addresses);

-- of_person: all of somebody, the one that was seen last first.
SELECT id, bot, person, addresses, about, made_at, seen_at, until FROM mailroom.page_session
WHERE bot = $1 AND person = $2 AND until > now()
ORDER BY seen_at DESC, id DESC;

-- end: one of somebody's is over.
DELETE FROM mailroom.page_session WHERE bot = $1 AND person = $2 AND id = $3 RETURNING id;

-- end_all: all of somebody's are over, but for $3.
DELETE FROM mailroom.page_session WHERE bot = $1 AND person = $2 AND id IS DISTINCT FROM $3 RETURNING id;

-- prune: drop some that are over.
DELETE FROM mailroom.page_session WHERE id IN (
    SELECT id FROM mailroom.page_session WHERE until < now() ORDER BY until LIMIT 20 FOR UPDATE SKIP LOCKED
);
