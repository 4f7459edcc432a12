-- This database and its Redis are a pair: each counts how far it has come, and remembers how far the other had. A
-- store that knows less than the other remembers of it was restored from a backup, or has lost its last seconds.
CREATE TABLE mailroom.pair (
    only_row boolean     PRIMARY KEY DEFAULT true CHECK (only_row),
    mark     bigint      NOT NULL DEFAULT 0,
    -- How far Redis had come when it was last looked at.
    redis    bigint      NOT NULL DEFAULT 0,
    seen_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- From when on the gateways are to be asked for payments that are unknown here; what came of it so far.
    ask_from timestamptz,
    asked    jsonb,
    -- Why nothing acts, until on-call says go.
    held     jsonb,
    -- What Redis was found to have lost, and when.
    lost     jsonb
);
INSERT INTO mailroom.pair DEFAULT VALUES;
