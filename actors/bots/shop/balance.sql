-- balance: what a customer has in one currency.
SELECT coalesce(sum(amount_minor), 0)::bigint FROM {schema}.balance_entries
WHERE bot = $1 AND user_id = $2 AND currency = $3;

-- balances: what a customer has in each currency.
SELECT currency, sum(amount_minor)::bigint AS amount_minor FROM {schema}.balance_entries
WHERE bot = $1 AND user_id = $2
GROUP BY currency
HAVING sum(amount_minor) <> 0
ORDER BY currency;

-- lock: the right to take from a customer's balance, one transaction at a time.
SELECT FROM {schema}.customers WHERE bot = $1 AND user_id = $2 FOR NO KEY UPDATE;

-- add: an entry, unless it was made before.
INSERT INTO {schema}.balance_entries
    (bot, user_id, kind, order_id, level, amount_minor, currency, payment_id, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, {now})
ON CONFLICT DO NOTHING
RETURNING id;

-- give_back: return what was spent for an order and has not been returned.
INSERT INTO {schema}.balance_entries
    (bot, user_id, kind, order_id, level, amount_minor, currency, payment_id, created_at)
SELECT bot, user_id, 'returned', order_id, level, -amount_minor, currency, payment_id, {now}
FROM {schema}.balance_entries
WHERE order_id = $1 AND kind = 'spent'
ON CONFLICT DO NOTHING
RETURNING amount_minor;
