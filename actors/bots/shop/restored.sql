-- begin: true for the one call that does what has to be done after the restore $1.
INSERT INTO {schema}.restores (since_ms, done_at) VALUES ($1, {now}) ON CONFLICT DO NOTHING RETURNING since_ms;

-- keep: orders that waited for their payment keep what they hold for another day: it may have come meanwhile.
WITH waiting AS (
    UPDATE {schema}.orders SET reserved_until = {now} + interval '1 day'
    WHERE status = 'awaiting_payment' AND reserved_until < {now} + interval '1 day'
    RETURNING id
)
UPDATE {schema}.stock_items SET reserved_until = {now} + interval '1 day'
WHERE order_id IN (SELECT id FROM waiting) AND sold_at IS NULL;

-- doubt: what is free may have been sold since the backup.
WITH locked AS MATERIALIZED (SELECT id FROM {schema}.products ORDER BY id FOR NO KEY UPDATE)
UPDATE {schema}.stock_items SET withdrawn_at = {now}, doubted = true, order_id = NULL, reserved_until = NULL
WHERE product_id IN (SELECT id FROM locked) AND sold_at IS NULL AND withdrawn_at IS NULL
  AND (order_id IS NULL OR reserved_until <= {now})
RETURNING id;

-- withdraw: what a lost payment was for is sold: it stays off sale, whatever the owner confirms. Without a payment of
-- ours nobody holds it.
UPDATE {schema}.stock_items SET withdrawn_at = {now}, doubted = false, order_id = NULL, reserved_until = NULL
WHERE id = ANY ($1::bigint[]) AND sold_at IS NULL AND (withdrawn_at IS NULL OR doubted)
RETURNING id;

-- confirm: the owner says that what is doubted of product $1 was not sold.
UPDATE {schema}.stock_items SET withdrawn_at = NULL, doubted = false
WHERE product_id = $1 AND doubted AND sold_at IS NULL
RETURNING id;

-- doubted: how much of each product is doubted.
SELECT product_id, count(*)::int AS items FROM {schema}.stock_items WHERE doubted GROUP BY product_id;
