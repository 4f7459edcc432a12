-- begin_delivery: from now on somebody may see the goods of a paid order.
UPDATE {schema}.orders SET delivered_at = coalesce(delivered_at, {now}) WHERE id = $1 AND status = 'paid'
RETURNING bot, chat_id, user_id;

-- waits: for how many seconds an order still waits for its payment; NULL if it does not.
SELECT extract(epoch FROM reserved_until - {now})::float8 FROM {schema}.orders WHERE id = $1 AND status = 'awaiting_payment' AND reserved_until > {now};

-- bonuses: what friends of the buyer got for an order.
SELECT bot, user_id, level, amount_minor, currency FROM {schema}.balance_entries
WHERE order_id = $1 AND kind = 'bonus'
ORDER BY level;

-- suppliers: those of an order's goods who can be told of it.
SELECT DISTINCT s.id
FROM {schema}.order_lines AS l
JOIN {schema}.products AS p ON p.id = l.product_id
JOIN {schema}.suppliers AS s ON s.id = p.supplier_id
WHERE l.order_id = $1 AND (s.chat_id IS NOT NULL OR s.callback_url IS NOT NULL)
ORDER BY s.id;

-- supplier_of: the supplier of product $1, if it can be told.
SELECT s.id
FROM {schema}.products AS p
JOIN {schema}.suppliers AS s ON s.id = p.supplier_id
WHERE p.id = $1 AND (s.chat_id IS NOT NULL OR s.callback_url IS NOT NULL);

-- replaced: the line of order $1 that item $2 belongs to, as a supplier is told of it: the new one costs nothing.
SELECT p.slug AS product, l.title, 1 AS quantity, 0::bigint AS price_minor
FROM {schema}.stock_items AS item
JOIN {schema}.products AS p ON p.id = item.product_id
JOIN {schema}.order_lines AS l ON l.order_id = item.order_id AND l.product_id = item.product_id
WHERE item.order_id = $1 AND item.id = $2;

-- supplier: how a supplier is told.
SELECT slug, title, chat_id, callback_url, callback_secret FROM {schema}.suppliers WHERE id = $1;

-- supplied: what a supplier has to do with an order.
SELECT p.slug AS product, l.title, l.quantity, l.price_minor
FROM {schema}.order_lines AS l
JOIN {schema}.products AS p ON p.id = l.product_id
WHERE l.order_id = $1 AND p.supplier_id = $2
ORDER BY l.line;

-- bot_of_order: through which bot an order came
SELECT bot FROM {schema}.orders WHERE id = $1;

-- bot_of_erasure: of which bot somebody was a customer who wants to be forgotten
SELECT bot FROM {schema}.erasures WHERE id = $1;
