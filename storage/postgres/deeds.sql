-- note: write down who did what.
INSERT INTO mailroom.deed (bot, who, action, target, why, outcome, trace, person)
VALUES ($1, $2, $3, $4, $5, $6::text::jsonb, $7, $8);

-- read: what was done last at a bot, newest first; $2 only before this one, where it is not null, $3 how many.
SELECT id, at, bot, who, action, target, why, outcome::text, trace
FROM mailroom.deed
WHERE bot = $1 AND ($2::bigint IS NULL OR id < $2)
ORDER BY id DESC
LIMIT $3;

-- forget: what somebody did was done by nobody that is known.
UPDATE mailroom.deed SET who = '', why = '', person = NULL WHERE bot = $1 AND person = $2;
