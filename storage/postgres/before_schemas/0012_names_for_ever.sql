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

-- Payments at a gateway that bear the name of this installation and have no row here: the database is older than they
-- are. Nothing moves by itself; each is ended by a person.
CREATE TABLE payment_lost (
    provider       text        NOT NULL,
    provider_id    text        NOT NULL,
    ref            text        NOT NULL,
    state          text        NOT NULL CHECK (state IN ('pending', 'paid', 'canceled', 'refunded')),
    amount_minor   bigint      NOT NULL,
    currency       text        NOT NULL,
    refunded_minor bigint      NOT NULL,
    -- When the gateway made it, by its clock, and what we told it of it.
    made_at        timestamptz,
    about          jsonb       NOT NULL,
    found_at       timestamptz NOT NULL DEFAULT now(),
    ending         text CHECK (ending IN ('delivered', 'credited', 'given_back')),
    ended_at       timestamptz,
    ended_by       text,
    why            text,
    PRIMARY KEY (provider, provider_id),
    CHECK ((ending IS NULL) = (ended_at IS NULL))
);
CREATE INDEX payment_lost_open ON payment_lost (found_at) WHERE ending IS NULL;

-- Up to when the payments of each provider have been listed, and found ours, lost, or none of ours.
CREATE TABLE payment_listed (
    provider  text        PRIMARY KEY,
    listed_to timestamptz NOT NULL
);
