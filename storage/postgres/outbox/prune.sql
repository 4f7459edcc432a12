-- dead: dead letters that nobody has asked for in all that time
DELETE FROM mailroom.outbox_dead WHERE id IN (
    SELECT id FROM mailroom.outbox_dead WHERE died_at < clock_timestamp() - make_interval(secs => $1) LIMIT $2
);

-- dedup: keys whose time is over
DELETE FROM mailroom.outbox_dedup WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM mailroom.outbox_dedup WHERE expires_at < clock_timestamp() LIMIT $1 FOR UPDATE SKIP LOCKED
));

-- keys: keys of jobs that are gone, which happens only if somebody deletes jobs by hand
DELETE FROM mailroom.outbox_key WHERE NOT EXISTS (SELECT FROM mailroom.outbox_job WHERE outbox_job.id = outbox_key.job_id);

-- today: the slot of the ring that is written now
SELECT ((now() AT TIME ZONE 'UTC')::date - DATE '2000-01-01') % 16;

-- dead_tuples: deleted rows of the jobs whose room nobody has taken yet
SELECT n_dead_tup FROM pg_stat_user_tables WHERE relid = 'mailroom.outbox_job'::regclass;
