-- put: keep a file; $1 the schema of whose it is, $2 its digest, $3 its MIME type, $4 the bytes.
INSERT INTO mailroom.file AS kept (schema, digest, type, content) VALUES ($1, $2, $3, $4)
ON CONFLICT (schema, digest) DO UPDATE SET put_at = now();

-- get: a file of this digest.
SELECT content, type FROM mailroom.file WHERE schema = $1 AND digest = $2;

-- hold: nobody puts it again, or lets go of it, before this transaction has ended.
SELECT FROM mailroom.file WHERE schema = $1 AND digest = $2 FOR UPDATE;

-- drop: let go of a file.
DELETE FROM mailroom.file WHERE schema = $1 AND digest = $2;
