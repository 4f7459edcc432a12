-- Who owns which partition of the chats. The epoch only grows; it fences every commit of an earlier owner.
CREATE TABLE partition_lease (
    partition  smallint PRIMARY KEY,
    owner      text,
    epoch      bigint NOT NULL DEFAULT 0,
    expires_at timestamptz
);

-- Facts fixed when the installation was made, such as the number of partitions.
CREATE TABLE installation (
    key   text PRIMARY KEY,
    value text NOT NULL
);
