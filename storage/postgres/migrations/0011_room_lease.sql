-- What one process of a bot does at a time, by a name of its room's own.
CREATE TABLE mailroom.room_lease (
    bot        text        NOT NULL,
    name       text        NOT NULL,
    -- Grows with each who takes it: what a later one has written is not to be overwritten by an earlier one.
    fence      bigint      NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (bot, name)
);
