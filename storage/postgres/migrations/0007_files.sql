-- Files that rooms keep, each once, by its content: what names it in addresses never stands for anything else.
CREATE TABLE mailroom.file (
    -- Whose: the schema where the room has its tables.
    schema  text        NOT NULL,
    digest  text        NOT NULL CHECK (digest ~ '^[0-9a-f]{32}$'),
    type    text        NOT NULL CHECK (type ~ '^[a-z]+/[a-z0-9.+-]+$'),
    content bytea       NOT NULL CHECK (octet_length(content) BETWEEN 1 AND 20971520),
    -- When it was put there last: what is put again is locked by that, so nobody lets go of it meanwhile.
    put_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (schema, digest)
);
-- Pictures do not become smaller, and are not to be tried again.
ALTER TABLE mailroom.file ALTER COLUMN content SET STORAGE EXTERNAL;
