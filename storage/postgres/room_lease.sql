-- take: hold a name that nobody holds; $1 bot, $2 name, $3 seconds. Nothing comes back where somebody holds it.
-- The fence is the time in µs, or one more than the last: so it also grows where the table was restored from a backup.
INSERT INTO mailroom.room_lease AS held (bot, name, fence, expires_at)
VALUES (
    $1, $2, floor(extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
    clock_timestamp() + make_interval(secs => $3)
)
ON CONFLICT (bot, name) DO UPDATE
SET fence = greatest(held.fence + 1, excluded.fence), expires_at = excluded.expires_at
WHERE held.expires_at <= clock_timestamp()
RETURNING fence;

-- renew: hold it for $4 seconds from now, also where the lease ran out and nobody took it.
UPDATE mailroom.room_lease SET expires_at = clock_timestamp() + make_interval(secs => $4)
WHERE bot = $1 AND name = $2 AND fence = $3
RETURNING fence;

-- release: let somebody else take it now.
UPDATE mailroom.room_lease SET expires_at = clock_timestamp() WHERE bot = $1 AND name = $2 AND fence = $3;

-- forget: let go of a bot's names that nobody has held for a day.
DELETE FROM mailroom.room_lease WHERE (bot, name) IN (
    SELECT bot, name FROM mailroom.room_lease
    WHERE bot = $1 AND expires_at < clock_timestamp() - interval '1 day'
    LIMIT 100 FOR UPDATE SKIP LOCKED
);
