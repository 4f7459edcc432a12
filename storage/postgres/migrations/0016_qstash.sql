-- Messages to HTTP endpoints: each is a job of the queue `qstash` with a row beside it, which outlives the job.
--
-- What has a limit waits in a lane, where no claim of the outbox sees it (turn_at is infinity): `q:NAME` of a queue,
-- `f:KEY` of a flow key, and under `r:KEY` while an attempt holds a place of that key.
ALTER TABLE mailroom.outbox_job ADD COLUMN lane text;
ALTER TABLE mailroom.outbox_dead ADD COLUMN lane text;
CREATE INDEX outbox_job_by_lane ON mailroom.outbox_job (lane, run_at, id) WHERE lane IS NOT NULL;

CREATE TABLE mailroom.qstash_message (
    id         bigint      PRIMARY KEY,
    born       timestamptz NOT NULL,
    url        text        NOT NULL,
    method     text        NOT NULL,
    headers    jsonb       NOT NULL,
    body       bytea       NOT NULL,
    -- How it is delivered, and where its outcomes go.
    config     jsonb       NOT NULL,
    not_before timestamptz NOT NULL,
    labels     text[]      NOT NULL DEFAULT '{}',
    queue      text,
    flow       text,
    url_group  text,
    endpoint   text,
    schedule   text,
    caller     text,
    -- The message whose outcome this one tells, and whether that message's queue waits for it.
    parent     bigint,
    retried    integer     NOT NULL DEFAULT 0,
    cancel_at  timestamptz,
    ended_at   timestamptz,
    -- waiting, delivered, failed, canceled
    state      smallint    NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 3)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);

CREATE INDEX qstash_message_by_birth ON mailroom.qstash_message (born, id);
CREATE INDEX qstash_message_ended ON mailroom.qstash_message (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX qstash_message_of_schedule ON mailroom.qstash_message (schedule, id) WHERE schedule IS NOT NULL;
CREATE INDEX qstash_message_of_parent ON mailroom.qstash_message (parent) WHERE parent IS NOT NULL;

-- How the attempts at messages went, only ever appended to.
CREATE TABLE mailroom.qstash_attempt (
    message_id bigint      NOT NULL,
    at         timestamptz NOT NULL,
    seconds    real        NOT NULL,
    -- retry, delivered, failed, canceled
    ended      smallint    NOT NULL CHECK (ended BETWEEN 0 AND 3),
    status     integer,
    error      text,
    headers    jsonb,
    body       bytea,
    truncated  boolean     NOT NULL DEFAULT false,
    next_at    timestamptz
);
CREATE INDEX qstash_attempt_by_message ON mailroom.qstash_attempt (message_id, at);
CREATE INDEX qstash_attempt_by_time ON mailroom.qstash_attempt (at);

CREATE TABLE mailroom.qstash_dead (
    dlq_id     text        PRIMARY KEY,
    message_id bigint      NOT NULL UNIQUE,
    died_at    timestamptz NOT NULL
);
CREATE INDEX qstash_dead_by_time ON mailroom.qstash_dead (died_at, dlq_id);

-- The limits of queues and flow keys, and how much of them is used. `next_at` is when it is worth looking at again.
CREATE TABLE mailroom.qstash_lane (
    lane               text        PRIMARY KEY,
    is_queue           boolean     NOT NULL,
    parallelism        integer,
    rate               integer,
    period_seconds     integer     NOT NULL DEFAULT 1,
    pinned_parallelism boolean     NOT NULL DEFAULT false,
    pinned_rate        boolean     NOT NULL DEFAULT false,
    paused_at          timestamptz,
    window_at          timestamptz NOT NULL DEFAULT '-infinity',
    started            integer     NOT NULL DEFAULT 0,
    running            integer     NOT NULL DEFAULT 0,
    next_at            timestamptz NOT NULL DEFAULT 'infinity',
    created_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at         timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 45, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX qstash_lane_next ON mailroom.qstash_lane (is_queue, next_at) WHERE paused_at IS NULL;

-- A message holds a place of its queue from its first attempt until it and its callbacks are over.
CREATE TABLE mailroom.qstash_place (
    message_id bigint  PRIMARY KEY,
    lane       text    NOT NULL,
    -- 1 while the message is not over, and 1 for each callback that is not.
    unfinished integer NOT NULL
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);

-- What was published with a deduplication id or deduplicates its content; the window begins at the publish.
CREATE TABLE mailroom.qstash_dedup (
    key        bytea       PRIMARY KEY,
    message_id bigint      NOT NULL,
    born       timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX qstash_dedup_expires ON mailroom.qstash_dedup (expires_at);
