-- lock: the discounts that an order's promo code has brought it, and whether each may be used once more. They
-- are known by what they made of the order's prices.
SELECT d.id, d.uses_max IS NULL OR d.uses < d.uses_max AS usable
FROM {schema}.discounts AS d
WHERE d.promo_code = (SELECT promo_code FROM {schema}.orders WHERE id = $1)
  AND EXISTS (
      SELECT FROM {schema}.order_lines AS line
      WHERE line.order_id = $1 AND (d.product_id IS NULL OR d.product_id = line.product_id)
        AND line.quantity >= d.min_quantity
        AND line.price_minor = greatest(1, line.list_price_minor - line.list_price_minor * d.percent / 100)
  )
ORDER BY d.id
FOR NO KEY UPDATE OF d;

-- count: one more order, or one less, has used these discounts.
UPDATE {schema}.discounts SET uses = greatest(0, uses + $2) WHERE id = ANY ($1::int[]);
