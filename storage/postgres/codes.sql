-- put: from now on this code proves an address at an interface of a bot, and none before it; $5 is how many tries there are,
-- $6 for how many seconds it is good.
INSERT INTO mailroom.code (bot, door, address, digest, tries_left, until)
VALUES ($1, $2, $3, $4, $5, now() + make_interval(secs => $6))
ON CONFLICT (bot, door, address) DO UPDATE
SET digest = excluded.digest, tries_left = excluded.tries_left, until = excluded.until;

-- spend: one try at the code of an address is over; its digest, if it is good and there was one left.
UPDATE mailroom.code SET tries_left = tries_left - 1
WHERE bot = $1 AND door = $2 AND address = $3 AND until > now() AND tries_left > 0
RETURNING digest;

-- drop: a code is used up.
DELETE FROM mailroom.code WHERE bot = $1 AND door = $2 AND address = $3 AND digest = $4;

-- seconds_left: for how long a code is good, if it is.
SELECT extract(epoch FROM until - now())::float8 FROM mailroom.code
WHERE bot = $1 AND door = $2 AND address = $3 AND digest = $4 AND until > now() AND tries_left > 0;

-- forget: no code of these addresses is good.
DELETE FROM mailroom.code WHERE bot = $1 AND address = ANY($2);

-- prune: drop some that are over.
DELETE FROM mailroom.code WHERE (bot, door, address) IN (
    SELECT bot, door, address FROM mailroom.code WHERE until < now() ORDER BY until LIMIT 20 FOR UPDATE SKIP LOCKED
);
