-- open: write a payment that somebody is to be asked for
INSERT INTO payment (provider, purpose, reference, amount_minor, currency) VALUES ($1, $2, $3, $4, $5)
RETURNING id, provider, provider_id, purpose, reference, amount_minor, currency, status, created_at;

-- created: note what the provider calls a payment; another name than the one it has is refused
UPDATE payment SET provider_id = $2 WHERE id = $1 AND (provider_id IS NULL OR provider_id = $2) RETURNING id;

-- find: one payment
SELECT id, provider, provider_id, purpose, reference, amount_minor, currency, status, created_at
FROM payment WHERE id = $1;

-- find_at: the payment that a provider calls so
SELECT id, provider, provider_id, purpose, reference, amount_minor, currency, status, created_at
FROM payment WHERE provider = $1 AND provider_id = $2;

-- pay: mark a payment paid, once; one that was given up and is paid all the same counts too
UPDATE payment SET status = 'paid', paid_at = now() WHERE id = $1 AND status IN ('pending', 'canceled') RETURNING id;

-- cancel: mark a payment canceled that nobody has paid
UPDATE payment SET status = 'canceled', canceled_at = now() WHERE id = $1 AND status = 'pending' RETURNING id;

-- refund: mark a payment refunded
UPDATE payment SET status = 'refunded', refunded_at = now() WHERE id = $1 AND status <> 'refunded' RETURNING id;

-- asked: the provider was asked, and nothing has happened
UPDATE payment SET asked_at = now() WHERE id = $1;

-- to_ask: payments to ask the provider for, longest unasked first: the older a payment, the more rarely
-- Those that are older than $2 seconds, not asked for that long nor for a quarter of their age, up to $3 seconds.
SELECT id FROM payment
WHERE status = 'pending' AND provider_id IS NOT NULL
  AND created_at BETWEEN now() - make_interval(secs => $3) AND now() - make_interval(secs => $2)
  AND coalesce(asked_at, created_at)
      <= now() - greatest(make_interval(secs => $2), (now() - created_at) / 4)
ORDER BY coalesce(asked_at, created_at) LIMIT $1;
