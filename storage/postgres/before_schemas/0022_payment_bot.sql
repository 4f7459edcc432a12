-- A payment names the bot that asked for it: order 1042 of two shops is two things. `provider` is the name of the
-- account from now on; where there was one account of each provider, they were called the same.
ALTER TABLE payment ADD COLUMN bot text;
-- The gateway was told the bot; before that the order knows it. Without either nobody says what it was for.
UPDATE payment SET bot = coalesce(
    payment.about ->> 'bot',
    (SELECT bot FROM shop.orders WHERE payment.purpose = 'shop.order' AND id::text = payment.reference),
    ''
);
ALTER TABLE payment ALTER COLUMN bot SET NOT NULL;

-- A process of the version before opens payments without it until it is gone.
CREATE FUNCTION payment_bot_of_before() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.bot := coalesce(NEW.about ->> 'bot', '');
    RETURN NEW;
END $$;
CREATE TRIGGER payment_bot_of_before BEFORE INSERT ON payment
    FOR EACH ROW WHEN (NEW.bot IS NULL) EXECUTE FUNCTION payment_bot_of_before();

DROP INDEX payment_by_purpose;
CREATE INDEX payment_by_purpose ON payment (bot, purpose, reference);
-- One thing of a bot is asked for once at a time at each account.
CREATE UNIQUE INDEX payment_pending_once_of_bot ON payment (bot, purpose, reference, provider) WHERE status = 'pending';
-- A process of the version before needs the index without the bot, and cannot know that numbers of two shops may be
-- alike. Where none is alive it goes now, else an hour from now: `storage/postgres/retired.py`.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pair WHERE mark > 0 AND clock_timestamp() - seen_at < interval '1 minute') THEN
        INSERT INTO installation (key, value)
        VALUES ('payment_pending_once_until', (now() + interval '1 hour')::text);
    ELSE
        DROP INDEX payment_pending_once;
    END IF;
END $$;
