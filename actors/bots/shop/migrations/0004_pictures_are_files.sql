-- The bytes of pictures are where all files are; a product knows the digest of its own.
INSERT INTO mailroom.file (schema, digest, type, content)
SELECT DISTINCT ON (picture.digest) there.nspname, picture.digest, picture.mime_type, picture.content
FROM {schema}.pictures AS picture
JOIN pg_class AS own ON own.oid = picture.tableoid
JOIN pg_namespace AS there ON there.oid = own.relnamespace
ON CONFLICT (schema, digest) DO NOTHING;

ALTER TABLE {schema}.pictures DROP COLUMN content, DROP COLUMN mime_type;
