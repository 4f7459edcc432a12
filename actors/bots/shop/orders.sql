-- place: writes an order and its lines once per effect; when that effect has placed its order before, nothing.
WITH placed AS (
    INSERT INTO {schema}.orders (effect_id, bot, chat_id, user_id, language, contact, comment, total_minor, currency,
                             promo_code, created_at, reserved_until)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, {now}, {now} + make_interval(secs => $11))
    ON CONFLICT (effect_id) DO NOTHING
    RETURNING id, reserved_until
), lines AS (
    INSERT INTO {schema}.order_lines (order_id, line, product_id, title, quantity, price_minor, list_price_minor)
    SELECT placed.id, item.line, item.product_id, item.title, item.quantity, item.price_minor, item.list_price_minor
    FROM placed, unnest($12::int[], $13::text[], $14::int[], $15::bigint[], $16::bigint[])
        WITH ORDINALITY AS item (product_id, title, quantity, price_minor, list_price_minor, line)
)
SELECT id, reserved_until FROM placed;

-- set_balance: note how much of the total was paid from the customer's balance.
UPDATE {schema}.orders SET balance_minor = $2 WHERE id = $1;

-- find: one order.
SELECT id, bot, chat_id, user_id, language, status, contact, comment, total_minor, balance_minor, currency,
       promo_code, created_at, reserved_until, paid_at, delivered_at
FROM {schema}.orders
WHERE id = $1;

-- placed_by: the order an effect has placed, if it has.
SELECT id, bot, chat_id, user_id, language, status, contact, comment, total_minor, balance_minor, currency,
       promo_code, created_at, reserved_until, paid_at, delivered_at
FROM {schema}.orders
WHERE effect_id = $1;

-- lines: what is in an order, as it was agreed.
SELECT product_id, title, quantity, price_minor, list_price_minor
FROM {schema}.order_lines
WHERE order_id = $1
ORDER BY line;

-- recent: the last orders of a customer of a bot, newest first, with the number of goods in each.
SELECT o.id, o.status, (SELECT sum(l.quantity) FROM {schema}.order_lines AS l WHERE l.order_id = o.id)::int AS items,
       o.total_minor, o.currency, o.created_at
FROM {schema}.orders AS o
WHERE o.bot = $1 AND o.user_id = $2
ORDER BY o.id DESC
LIMIT $3;

-- lock: have an order to oneself, and learn how it stands: `due` once its reservation has run out.
SELECT status, user_id, coalesce(reserved_until <= {now}, false) AS due
FROM {schema}.orders
WHERE id = $1
FOR NO KEY UPDATE;

-- close: nothing came of an order that was waiting for its payment.
UPDATE {schema}.orders SET status = $2, closed_at = {now} WHERE id = $1 RETURNING bot, chat_id;

-- pay: an order is paid, also one that had been closed before.
UPDATE {schema}.orders SET status = 'paid', paid_at = {now}, closed_at = NULL WHERE id = $1;

-- deliver: an order that was paid has been delivered.
UPDATE {schema}.orders SET status = 'delivered', delivered_at = {now} WHERE id = $1 AND status = 'paid' RETURNING id;

-- begin_refund: the money of an order goes back.
UPDATE {schema}.orders SET status = 'refunding' WHERE id = $1;

-- finish_refund: the money of an order has gone back.
UPDATE {schema}.orders SET status = 'refunded', closed_at = {now} WHERE id = $1;

-- waiting: how many orders of a customer hold goods and wait for their payment
SELECT count(*) FROM {schema}.orders
WHERE bot = $1 AND user_id = $2 AND status = 'awaiting_payment' AND reserved_until > {now};
