-- What people do with bots, for whoever wants to know how many come how far. Kept for 90 days; of whom, only a keyed
-- digest says.
CREATE TABLE mailroom.room_event (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    bot        text        NOT NULL,
    name       text        NOT NULL,
    -- The same for the same person of the bot; NULL where it is nobody's.
    pseudonym  bytea,
    properties jsonb       NOT NULL,
    at         timestamptz NOT NULL
);
CREATE INDEX room_event_by_time ON mailroom.room_event (at, bot, name);
CREATE INDEX room_event_by_person ON mailroom.room_event (bot, pseudonym) WHERE pseudonym IS NOT NULL;
