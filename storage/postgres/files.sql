-- put: keep a file of the room; $1 the schema of whose it is, $2 its digest, $3 its MIME type, $4 the bytes.
INSERT INTO mailroom.file AS kept (schema, digest, type, content) VALUES ($1, $2, $3, $4)
ON CONFLICT (schema, digest) DO UPDATE SET put_at = now(), is_rooms = true;

-- put_of: keep a file of somebody's; it is the room's too where it was before.
INSERT INTO mailroom.file AS kept (schema, digest, type, content, is_rooms) VALUES ($1, $2, $3, $4, false)
ON CONFLICT (schema, digest) DO UPDATE SET put_at = now();

-- belongs: note whose it is; $3 bot, $4 person.
INSERT INTO mailroom.file_of (schema, digest, bot, person) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING;

-- get: a file of this digest.
SELECT content, type FROM mailroom.file WHERE schema = $1 AND digest = $2;

-- hold: nobody puts it again, or lets go of it, before this transaction has ended.
SELECT FROM mailroom.file WHERE schema = $1 AND digest = $2 FOR UPDATE;

-- drop: let go of a file.
DELETE FROM mailroom.file WHERE schema = $1 AND digest = $2;

-- disown: what was a person's is theirs no more; $1 bot, $2 person.
DELETE FROM mailroom.file_of WHERE bot = $1 AND person = $2 RETURNING schema, digest;

-- hold_all: nobody puts these again before this transaction has ended; $1 schemas, $2 digests.
SELECT FROM mailroom.file WHERE (schema, digest) IN (SELECT * FROM unnest($1::text[], $2::text[]))
ORDER BY schema, digest FOR UPDATE;

-- drop_nobodys: let go of those of them that are nobody's.
DELETE FROM mailroom.file AS kept
WHERE (schema, digest) IN (SELECT * FROM unnest($1::text[], $2::text[])) AND NOT is_rooms
    AND NOT EXISTS (
        SELECT FROM mailroom.file_of AS owned WHERE owned.schema = kept.schema AND owned.digest = kept.digest
    );
