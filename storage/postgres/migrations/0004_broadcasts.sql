-- Broadcasts: one message of a bot to many chats.
--
-- filling ──► running ◄──► paused        filling: its recipients are still being written, nobody is told yet
--    │           ├────────────┴──► cancelled
--    └► cancelled└──► done
CREATE TABLE mailroom.broadcast (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    bot         text        NOT NULL,
    status      text        NOT NULL DEFAULT 'filling'
                CHECK (status IN ('filling', 'running', 'paused', 'cancelled', 'done')),
    -- Who paused it and why, or cancelled it.
    status_by   text,
    status_why  text,
    -- The message: what every recipient gets, as JSON that the code reads.
    message     text        NOT NULL,
    as_event    boolean     NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    started_at  timestamptz,
    finished_at timestamptz
);

CREATE INDEX broadcast_running ON mailroom.broadcast (bot, id) WHERE status = 'running';

-- waiting ──► sending ──► sent | failed        sending: written before the call to Telegram is made
--    ▲           ├──► waiting                  it said to come later, or nothing was sent
--    └───────────┴──► unknown                  the process died, or the answer got lost: may have been sent
CREATE TABLE mailroom.broadcast_recipient (
    broadcast_id bigint      NOT NULL REFERENCES mailroom.broadcast ON DELETE CASCADE,
    chat_id      bigint      NOT NULL,
    state        text        NOT NULL DEFAULT 'waiting'
                 CHECK (state IN ('waiting', 'sending', 'sent', 'failed', 'unknown')),
    due_at       timestamptz NOT NULL DEFAULT now(),
    reason       text,
    ended_at     timestamptz,
    PRIMARY KEY (broadcast_id, chat_id)
) WITH (autovacuum_vacuum_scale_factor = 0.05);

CREATE INDEX broadcast_recipient_left ON mailroom.broadcast_recipient (broadcast_id, state, due_at, chat_id)
WHERE state IN ('waiting', 'sending');

-- Which process sends a bot's broadcasts, and until when it may without saying so again.
CREATE TABLE mailroom.broadcast_hold (
    bot   text        PRIMARY KEY,
    owner text        NOT NULL,
    until timestamptz NOT NULL
);
