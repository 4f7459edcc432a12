-- Whose this installation is, and who owns the chats.

-- Facts fixed when the installation was made, such as the number of partitions.
CREATE TABLE mailroom.installation (
    key   text PRIMARY KEY,
    value text NOT NULL
);

-- Who this installation is, to gateways that are used by others as well. A byte of a random uuid for each character.
INSERT INTO mailroom.installation (key, value)
SELECT 'id', string_agg(
    substr('0123456789abcdefghjkmnpqrstvwxyz', get_byte(uuid_send(gen_random_uuid()), 0) % 32 + 1, 1), ''
)
FROM generate_series(1, 10);

-- Jobs made before this keep the key that they may have been given to somebody by.
INSERT INTO mailroom.installation (key, value) VALUES ('job_keys_since', now()::text);

-- Who owns which partition of the chats. The epoch only grows; it fences every commit of an earlier owner.
CREATE TABLE mailroom.partition_lease (
    partition  smallint PRIMARY KEY,
    owner      text,
    epoch      bigint NOT NULL DEFAULT 0,
    expires_at timestamptz
);

-- When anybody who works the chats, or waits for them, was last heard of, and before that. Leases that ran out while
-- nobody was heard ran out because this database was away: their owners could not renew them.
CREATE TABLE mailroom.ownership_beat (
    only_row  boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    before_at timestamptz NOT NULL,
    beaten_at timestamptz NOT NULL
);
