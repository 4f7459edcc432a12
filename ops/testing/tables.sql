-- tables: those that a test may write to
SELECT c.oid::regclass::text FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\_%';

-- begin_again: let all sequences begin with their first number
SELECT setval(seqrelid::regclass, seqstart, FALSE) FROM pg_sequence WHERE pg_sequence_last_value(seqrelid) IS NOT NULL;

-- hurry: what has failed is tried again now, and does not wait for its time
UPDATE mailroom.outbox_job SET run_at = clock_timestamp(), turn_at = clock_timestamp()
WHERE run_at > clock_timestamp() AND claims > forgiven;

-- cut: end all connections but ours
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid();
