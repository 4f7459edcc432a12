-- take: the person whose an address is; $3 if nobody has proved it yet.
INSERT INTO mailroom.proof (bot, address, person) VALUES ($1, $2, $3)
ON CONFLICT (bot, address) DO UPDATE SET proved_at = now()
RETURNING person;

-- of_person: the addresses that somebody has proved, the first one first.
SELECT address FROM mailroom.proof WHERE bot = $1 AND person = $2 ORDER BY proved_at, address;

-- forget: nobody has proved the addresses of this person; which they were.
DELETE FROM mailroom.proof WHERE bot = $1 AND person = $2 RETURNING address;
