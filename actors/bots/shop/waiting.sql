-- minutes_left: how long order $1 still waits for its payment, in minutes, rounded up; NULL if it does not.
SELECT ceil(extract(epoch FROM reserved_until - {now}) / 60)::int
FROM {schema}.orders
WHERE id = $1 AND status = 'awaiting_payment' AND reserved_until > {now};

-- waiting_for: the newest order of a customer that waits for the payment of exactly so many of one product at
-- this price, with nothing from the balance.
SELECT o.id
FROM {schema}.orders AS o
WHERE o.bot = $1 AND o.user_id = $2 AND o.status = 'awaiting_payment' AND o.reserved_until > {now}
  AND o.currency = $6 AND o.balance_minor = 0
  AND (SELECT count(*) FROM {schema}.order_lines AS line WHERE line.order_id = o.id) = 1
  AND EXISTS (
      SELECT FROM {schema}.order_lines AS line
      WHERE line.order_id = o.id AND (line.product_id, line.quantity, line.price_minor) = ($3, $4, $5)
  )
ORDER BY o.id DESC
LIMIT 1;
