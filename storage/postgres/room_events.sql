-- write: keep events; $1 bots, $2 names, $3 pseudonyms, $4 properties as JSON, $5 times.
INSERT INTO mailroom.room_event (bot, name, pseudonym, properties, at)
SELECT bot, name, pseudonym, properties::jsonb, at
FROM unnest($1::text[], $2::text[], $3::bytea[], $4::text[], $5::timestamptz[])
    AS event (bot, name, pseudonym, properties, at);

-- prune: let go of those that are older than $1 days, $2 of them at most.
DELETE FROM mailroom.room_event WHERE id IN (
    SELECT id FROM mailroom.room_event WHERE at < now() - make_interval(days => $1)
    ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED
);

-- forget: let go of those of somebody; $1 bot, $2 pseudonym.
DELETE FROM mailroom.room_event WHERE bot = $1 AND pseudonym = $2;

-- tallied: of the last $1 days, of one bot or ($2 NULL) of all: how many of each name, and of how many people.
SELECT bot, name, count(*) AS events, count(DISTINCT pseudonym) AS people, max(at) AS last_at
FROM mailroom.room_event
WHERE at >= now() - make_interval(days => $1) AND ($2::text IS NULL OR bot = $2)
GROUP BY bot, name
ORDER BY bot, people DESC, events DESC, name;
