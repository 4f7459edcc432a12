-- What was done to the bots by people and on their behalf: written in the transaction that does it.
CREATE TABLE mailroom.deed (
    id      bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    bot     text        NOT NULL,
    who     text        NOT NULL CHECK (length(who) <= 200),
    action  text        NOT NULL CHECK (length(action) <= 100),
    target  text        NOT NULL CHECK (length(target) <= 200),
    why     text        NOT NULL CHECK (length(why) <= 1000),
    outcome jsonb       NOT NULL,
    trace   text        NOT NULL CHECK (length(trace) <= 200)
);
CREATE INDEX deed_of_bot ON mailroom.deed (bot, id);
