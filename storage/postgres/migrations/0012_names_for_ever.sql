-- Names that are given outside are never used again, whatever becomes of this database.

-- Who this installation is, to gateways that are used by others as well. A byte of a random uuid for each character.
INSERT INTO installation (key, value)
SELECT 'id', string_agg(
    substr('0123456789abcdefghjkmnpqrstvwxyz', get_byte(uuid_send(gen_random_uuid()), 0) % 32 + 1, 1), ''
)
FROM generate_series(1, 10);

-- Jobs made before this keep the key that they may have been given to somebody by. Processes of the version before
-- go on for a while when a new one is rolled out, and work on jobs that were made after it.
INSERT INTO installation (key, value)
SELECT 'job_keys_since', CASE WHEN is_called THEN now() + interval '1 hour' ELSE now() END::text
FROM outbox_job_id_seq;

-- What a provider knows a payment by, and what it was told of it beside that: written before it hears of either. The
-- payments that there are were named by their numbers, and told of by no more.
ALTER TABLE payment
    ADD COLUMN ref   text,
    ADD COLUMN about jsonb NOT NULL DEFAULT '{}';
UPDATE payment SET ref = id::text;
ALTER TABLE payment
    ALTER COLUMN ref SET NOT NULL,
    ADD CONSTRAINT payment_ref_key UNIQUE (ref);

-- A process of the version before names its payments by their numbers until it is gone.
CREATE FUNCTION payment_ref_of_before() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.ref := NEW.id::text;
    RETURN NEW;
END $$;
CREATE TRIGGER payment_ref_of_before BEFORE INSERT ON payment
    FOR EACH ROW WHEN (NEW.ref IS NULL) EXECUTE FUNCTION payment_ref_of_before();
