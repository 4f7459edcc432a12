-- Groups of endpoints that messages are published to, and the keys that deliveries are signed with.
CREATE TABLE mailroom.qstash_group (
    name       text        PRIMARY KEY,
    headers    jsonb       NOT NULL DEFAULT '[]',
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE mailroom.qstash_endpoint (
    url_group text   NOT NULL REFERENCES mailroom.qstash_group ON DELETE CASCADE,
    url       text   NOT NULL,
    name      text   NOT NULL DEFAULT '',
    place     bigint GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (url_group, url)
);

-- Two rows: the key that signs, and the one that signs after a rotation.
CREATE TABLE mailroom.qstash_key (
    which text PRIMARY KEY CHECK (which IN ('current', 'next')),
    key   text NOT NULL
);
