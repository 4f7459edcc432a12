-- Periodic work: what is to be enqueued again and again, and when the next time is. A row stands for a name
-- that some version of the code knows; the code says what its job is.
CREATE TABLE periodic_work (
    name        text        PRIMARY KEY,
    -- As the code wrote it: 'every 60 s', '0 3 * * * Europe/Moscow'.
    schedule    text        NOT NULL,
    next_run    timestamptz NOT NULL,
    last_run    timestamptz,
    last_job_id bigint,
    -- Why the last run enqueued nothing.
    last_error  text,
    -- When a process last said that this name has this schedule. What nobody says any more is forgotten.
    known_at    timestamptz NOT NULL DEFAULT now()
);
