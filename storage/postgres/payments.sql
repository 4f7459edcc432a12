-- open: write a payment that somebody is to be asked for, or find the one that is being asked for already.
-- The update changes nothing; it is what makes the row come back, locked.
-- Without an installation there is no name to give, and no row.
INSERT INTO mailroom.payment (bot, provider, purpose, reference, amount_minor, currency, ref, about)
SELECT $1, $2, $3, $4, $5, $6, 'm' || installation.value || '-' || $7, $8::jsonb
FROM mailroom.installation WHERE key = 'id'
ON CONFLICT (bot, purpose, reference, provider) WHERE status = 'pending' DO UPDATE SET reference = excluded.reference
RETURNING id, ref, bot, provider, provider_id, purpose, reference, amount_minor, currency, status, created_at,
          pay_url, expires_at, paid_minor, paid_currency, about;

-- open_before: the one that is being asked for under a former name of the account, locked likewise
SELECT id, ref, bot, provider, provider_id, purpose, reference, amount_minor, currency, status, created_at,
       pay_url, expires_at, paid_minor, paid_currency, about
FROM mailroom.payment
WHERE bot = $1 AND provider = ANY($2::text[]) AND purpose = $3 AND reference = $4 AND status = 'pending'
ORDER BY id DESC LIMIT 1
FOR NO KEY UPDATE;

-- created: note what the provider calls a payment and where it is paid; another name than it has is refused
UPDATE mailroom.payment SET provider_id = $2, pay_url = coalesce($3, pay_url), expires_at = coalesce($4, expires_at)
WHERE id = $1 AND (provider_id IS NULL OR provider_id = $2)
RETURNING id, ref, bot, provider, provider_id, purpose, reference, amount_minor, currency, status, created_at,
          pay_url, expires_at, paid_minor, paid_currency, about;

-- find: one payment
SELECT id, ref, bot, provider, provider_id, purpose, reference, amount_minor, currency, status, created_at,
       pay_url, expires_at, paid_minor, paid_currency, about
FROM mailroom.payment WHERE id = $1;

-- find_at: the payment that is called so at an account, by any of the names that it has and had
SELECT id, ref, bot, provider, provider_id, purpose, reference, amount_minor, currency, status, created_at,
       pay_url, expires_at, paid_minor, paid_currency, about
FROM mailroom.payment WHERE provider = ANY($1::text[]) AND provider_id = $2;

-- find_ref: the payment that was given this name at an account
SELECT id, ref, bot, provider, provider_id, purpose, reference, amount_minor, currency, status, created_at,
       pay_url, expires_at, paid_minor, paid_currency, about
FROM mailroom.payment WHERE provider = ANY($1::text[]) AND ref = $2;

-- is_named: whether a payment was given this name, at whatever account
SELECT EXISTS (SELECT FROM mailroom.payment WHERE ref = $1);

-- installation: who this installation is
SELECT value FROM mailroom.installation WHERE key = 'id';

-- is_known_at: whether there is a payment that is called so at an account
SELECT EXISTS (SELECT FROM mailroom.payment WHERE provider = ANY($1::text[]) AND provider_id = $2);

-- of: all payments of one thing, the oldest first
SELECT id, ref, bot, provider, provider_id, purpose, reference, amount_minor, currency, status, created_at,
       pay_url, expires_at, paid_minor, paid_currency, about
FROM mailroom.payment WHERE bot = $1 AND purpose = $2 AND reference = $3
ORDER BY id;

-- is_expired: whether the provider takes no money for a payment any more
SELECT coalesce(expires_at <= now(), false) FROM mailroom.payment WHERE id = $1;

-- pay: mark a payment paid, once; one that was given up and is paid all the same counts too
UPDATE mailroom.payment SET status = 'paid', paid_at = now() WHERE id = $1 AND status IN ('pending', 'canceled') RETURNING id;

-- cancel: mark a payment canceled that nobody has paid
UPDATE mailroom.payment SET status = 'canceled', canceled_at = now() WHERE id = $1 AND status = 'pending' RETURNING id;

-- mismatch: something else was paid than was asked for; the payment is not what it was opened for
UPDATE mailroom.payment SET status = 'mismatched', paid_at = now(), paid_minor = $2, paid_currency = $3
WHERE id = $1 AND status IN ('pending', 'canceled')
RETURNING id;

-- refund: mark a payment refunded
UPDATE mailroom.payment SET status = 'refunded', refunded_at = now() WHERE id = $1 AND status <> 'refunded' RETURNING id;

-- asked: the provider was asked, and nothing has happened
UPDATE mailroom.payment SET asked_at = now() WHERE id = $1;

-- to_ask: payments to ask the provider for, longest unasked first: the older a payment, the more rarely
-- Those that are older than $2 seconds, not asked for that long nor for a quarter of their age, up to $3 seconds.
-- Of each bot up to $1: a bot whose queue stands still has its payments unasked, and they keep back no other's.
SELECT id, bot FROM (
    SELECT
        id, bot, coalesce(asked_at, created_at) AS last_at,
        row_number() OVER (PARTITION BY bot ORDER BY coalesce(asked_at, created_at), id) AS place
    FROM mailroom.payment
    WHERE status = 'pending' AND provider_id IS NOT NULL AND bot <> ''
      AND created_at BETWEEN now() - make_interval(secs => $3) AND now() - make_interval(secs => $2)
      AND coalesce(asked_at, created_at)
          <= now() - greatest(make_interval(secs => $2), (now() - created_at) / 4)
) AS due
WHERE place <= $1
ORDER BY last_at, id;

-- elsewhere: the accounts that have payments and are none of $1, with how many, and how many are not over
-- From one account to the next in the index: there are few, of many payments.
WITH RECURSIVE account AS (
    SELECT min(provider) AS name FROM mailroom.payment
    UNION ALL
    SELECT (SELECT min(provider) FROM mailroom.payment WHERE provider > account.name) FROM account WHERE name IS NOT NULL
)
SELECT name, count(*), count(*) FILTER (WHERE status IN ('pending', 'refunding', 'disputed'))
FROM account JOIN mailroom.payment ON provider = name
WHERE name <> ALL($1::text[])
GROUP BY name
ORDER BY name;

-- gone: the bots that have payments which are not over and are none of $1, with how many
-- Pending ones count for $2 seconds. From one bot to the next in the index: there are few, of many payments.
WITH RECURSIVE known AS (
    SELECT min(bot) AS name FROM mailroom.payment
    UNION ALL
    SELECT (SELECT min(bot) FROM mailroom.payment WHERE bot > known.name) FROM known WHERE name IS NOT NULL
)
SELECT name, count(*)
FROM known JOIN mailroom.payment ON bot = name
WHERE name <> '' AND name <> ALL($1::text[])
  AND (status IN ('refunding', 'disputed')
       OR status = 'pending' AND provider_id IS NOT NULL AND created_at > now() - make_interval(secs => $2))
GROUP BY name
ORDER BY name;
