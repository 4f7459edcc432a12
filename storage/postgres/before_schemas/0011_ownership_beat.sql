-- When anybody who works the chats, or waits for them, was last heard of, and before that. Leases that ran out while
-- nobody was heard ran out because this database was away: their owners could not renew them.
CREATE TABLE ownership_beat (
    only_row  boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    before_at timestamptz NOT NULL,
    beaten_at timestamptz NOT NULL
);
