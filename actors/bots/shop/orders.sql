-- place: writes an order and its lines once per effect; when that effect has placed its order before, nothing.
WITH placed AS (
    INSERT INTO shop.orders (effect_id, bot, chat_id, user_id, language, contact, comment, total_minor, currency)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    ON CONFLICT (effect_id) DO NOTHING
    RETURNING id
)
INSERT INTO shop.order_lines (order_id, line, product_id, title, quantity, price_minor)
SELECT placed.id, item.line, item.product_id, item.title, item.quantity, item.price_minor
FROM placed, unnest($10::int[], $11::text[], $12::int[], $13::bigint[])
    WITH ORDINALITY AS item (product_id, title, quantity, price_minor, line);

-- placed_by: the order an effect has placed, if it has.
SELECT id, status, contact, comment, total_minor, currency, created_at
FROM shop.orders
WHERE effect_id = $1;

-- lines: what is in an order, as it was agreed.
SELECT title, quantity, price_minor
FROM shop.order_lines
WHERE order_id = $1
ORDER BY line;

-- recent: the last orders of a customer of a bot, newest first, with the number of goods in each.
SELECT o.id, o.status, o.total_minor, o.currency, o.created_at,
       (SELECT sum(l.quantity) FROM shop.order_lines AS l WHERE l.order_id = o.id)::int AS items
FROM shop.orders AS o
WHERE o.bot = $1 AND o.user_id = $2
ORDER BY o.id DESC
LIMIT $3;
