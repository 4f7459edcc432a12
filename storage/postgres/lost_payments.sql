-- note: a payment of ours that we know nothing of, or what has become of it since. What somebody has ended stays so.
INSERT INTO mailroom.payment_lost AS lost (
    provider, provider_id, ref, state, amount_minor, currency, refunded_minor, made_at, about
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb)
ON CONFLICT (provider, provider_id) DO UPDATE
SET state = excluded.state, amount_minor = excluded.amount_minor, currency = excluded.currency,
    refunded_minor = excluded.refunded_minor
RETURNING xmax = 0 AS is_new;

-- open: those that a person has to end, the oldest first: money came, and has not all gone back
SELECT provider, provider_id, ref, state, amount_minor, currency, refunded_minor, made_at, about, found_at,
       ending, ended_at, ended_by, why
FROM mailroom.payment_lost
WHERE ending IS NULL AND state = 'paid'
ORDER BY found_at, provider, provider_id
LIMIT $1;

-- all: those that were ended, and those that were not paid, too; the newest first
SELECT provider, provider_id, ref, state, amount_minor, currency, refunded_minor, made_at, about, found_at,
       ending, ended_at, ended_by, why
FROM mailroom.payment_lost
ORDER BY found_at DESC, provider, provider_id
LIMIT $1;

-- sums: how many are open, and how much money that is, for each provider and currency
SELECT provider, currency, count(*) AS payments, sum(amount_minor - refunded_minor)::bigint AS amount_minor
FROM mailroom.payment_lost
WHERE ending IS NULL AND state = 'paid'
GROUP BY provider, currency
ORDER BY provider, currency;

-- find: one of them
SELECT provider, provider_id, ref, state, amount_minor, currency, refunded_minor, made_at, about, found_at,
       ending, ended_at, ended_by, why
FROM mailroom.payment_lost WHERE provider = ANY($1::text[]) AND provider_id = $2;

-- end_at: one has gone back, as a person has said
UPDATE mailroom.payment_lost SET ending = $3, ended_by = $4, why = $5, ended_at = now()
WHERE provider = $1 AND provider_id = $2 AND ending IS NULL;

-- end: what a person has done about one, once
UPDATE mailroom.payment_lost SET ending = $2, ended_by = $3, why = $4, ended_at = now()
WHERE ref = $1 AND state = 'paid' AND ending IS NULL
RETURNING provider_id;

-- listed_to: up to when the payments of an account have been listed, under any of the names that it has and had
SELECT max(listed_to) FROM mailroom.payment_listed WHERE provider = ANY($1::text[]);

-- note_listed: they have been listed up to then
INSERT INTO mailroom.payment_listed AS listed (provider, listed_to) VALUES ($1, $2)
ON CONFLICT (provider) DO UPDATE SET listed_to = greatest(listed.listed_to, excluded.listed_to);
