-- put: a link was made, perhaps for the second time.
INSERT INTO mailroom.page_grant (digest, bot, what, reference, version, person, until)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (digest) DO NOTHING;

-- find: what the link of a token is for, if it still is at $3, by the clock of the room that gave it.
SELECT what, reference, version FROM mailroom.page_grant
WHERE digest = $1 AND bot = $2 AND (until IS NULL OR until > $3);

-- revoke: the links for a thing end; with $4 only those for a version of it before that.
DELETE FROM mailroom.page_grant
WHERE bot = $1 AND what = $2 AND reference = $3 AND ($4::bigint IS NULL OR version < $4)
RETURNING id;

-- forget: the links that were made for somebody end.
DELETE FROM mailroom.page_grant WHERE bot = $1 AND person = $2;

-- prune: drop some that are over.
DELETE FROM mailroom.page_grant WHERE id IN (
    SELECT id FROM mailroom.page_grant WHERE until < now() ORDER BY until LIMIT 20 FOR UPDATE SKIP LOCKED
);
