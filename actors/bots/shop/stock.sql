-- lock: the right to give items of these products to orders, one transaction at a time; in the order of their
-- ids, so that two never wait for each other.
SELECT id FROM {schema}.products WHERE id = ANY ($1::int[]) ORDER BY id FOR NO KEY UPDATE;

-- lock_for: the same for the products of an order.
SELECT id FROM {schema}.products
WHERE id IN (SELECT product_id FROM {schema}.order_lines WHERE order_id = $1)
ORDER BY id FOR NO KEY UPDATE;

-- hold: give order $1 the items it lacks, the oldest first, until $2; tells what it lacks even so.
-- A reservation that ran out holds nothing: its items are as free as those without an order.
WITH wanted AS (
    SELECT line.product_id, line.title, line.quantity,
           line.quantity - (
               SELECT count(*) FROM {schema}.stock_items AS item
               WHERE item.order_id = $1 AND item.product_id = line.product_id AND item.dead_at IS NULL
           ) AS lacking
    FROM {schema}.order_lines AS line
    WHERE line.order_id = $1
), chosen AS MATERIALIZED (
    SELECT item.id
    FROM wanted CROSS JOIN LATERAL (
        SELECT item.id FROM {schema}.stock_items AS item
        WHERE item.product_id = wanted.product_id AND item.sold_at IS NULL AND item.withdrawn_at IS NULL
          AND (item.order_id IS NULL OR item.reserved_until <= {now} AND item.order_id <> $1)
        ORDER BY item.id
        LIMIT wanted.lacking
    ) AS item
), held AS (
    -- An array leaves the planner no way but the primary key, whatever its statistics say.
    UPDATE {schema}.stock_items AS item SET order_id = $1, reserved_until = $2
    WHERE item.id = ANY (ARRAY(SELECT id FROM chosen)) AND item.sold_at IS NULL AND item.withdrawn_at IS NULL
      AND (item.order_id IS NULL OR item.reserved_until <= {now})
    RETURNING item.product_id
)
SELECT wanted.product_id, wanted.title, wanted.quantity, (wanted.quantity - wanted.lacking + got.items)::int AS available
FROM wanted CROSS JOIN LATERAL (
    SELECT count(*) AS items FROM held WHERE held.product_id = wanted.product_id
) AS got
WHERE got.items < wanted.lacking
ORDER BY wanted.product_id;

-- held: the items that an order holds or was sold.
SELECT id FROM {schema}.stock_items WHERE order_id = $1 ORDER BY id;

-- sell: what an order holds is its own for good.
UPDATE {schema}.stock_items SET sold_at = {now}, reserved_until = NULL WHERE order_id = $1 AND sold_at IS NULL;

-- release: what an order holds and has not paid for is free again.
UPDATE {schema}.stock_items SET order_id = NULL, reserved_until = NULL WHERE order_id = $1 AND sold_at IS NULL;

-- take_back: what an order was sold is free again, but for what is dead.
UPDATE {schema}.stock_items SET order_id = NULL, sold_at = NULL, reserved_until = NULL
WHERE order_id = $1 AND dead_at IS NULL;

-- sold_items: what is known of the items that an order was sold, without reading them, in order of its lines.
SELECT item.id, item.product_id, line.title, item.kind, item.file_name, item.sold_at, item.dead_at, item.replaces
FROM {schema}.order_lines AS line
JOIN {schema}.stock_items AS item ON item.order_id = line.order_id AND item.product_id = line.product_id
WHERE line.order_id = $1 AND item.sold_at IS NOT NULL
ORDER BY line.line, item.id;

-- kill: a sold item does not work; nothing if that is known.
UPDATE {schema}.stock_items SET dead_at = {now} WHERE id = $1 AND sold_at IS NOT NULL AND dead_at IS NULL RETURNING id;

-- give: sell order $2 the oldest free item of product $1, in place of item $3. The product is locked.
UPDATE {schema}.stock_items AS item SET order_id = $2, sold_at = {now}, reserved_until = NULL, replaces = $3
WHERE item.id = (
    SELECT free.id FROM {schema}.stock_items AS free
    WHERE free.product_id = $1 AND free.sold_at IS NULL AND free.withdrawn_at IS NULL
      AND (free.order_id IS NULL OR free.reserved_until <= {now})
    ORDER BY free.id
    LIMIT 1
)
RETURNING item.id;

-- add: put encrypted items into stock; one that was withdrawn unsold comes back, one that is there is left out.
-- The product is locked: two uploads of the same items in another order would wait for each other.
WITH locked AS MATERIALIZED (SELECT id FROM {schema}.products WHERE id = $1 FOR NO KEY UPDATE)
INSERT INTO {schema}.stock_items (product_id, kind, content, file_name, fingerprint, added_by, added_at)
SELECT coalesce((SELECT id FROM locked), $1), kind, content, file_name, fingerprint, $2, {now}
FROM unnest($3::text[], $4::bytea[], $5::text[], $6::bytea[])
    WITH ORDINALITY AS item (kind, content, file_name, fingerprint, place)
ORDER BY place
ON CONFLICT (product_id, fingerprint) DO UPDATE SET withdrawn_at = NULL, doubted = false
WHERE stock_items.withdrawn_at IS NOT NULL AND stock_items.sold_at IS NULL
RETURNING fingerprint;

-- withdraw: take free items off sale: those with the ids $2 or, where that is NULL, all of the product.
-- The product is locked: an order that is choosing would find an item less than there are.
WITH locked AS MATERIALIZED (SELECT id FROM {schema}.products WHERE id = $1 FOR NO KEY UPDATE)
UPDATE {schema}.stock_items SET withdrawn_at = {now}, order_id = NULL, reserved_until = NULL
WHERE product_id = (SELECT id FROM locked) AND ($2::bigint[] IS NULL OR id = ANY ($2::bigint[]))
  AND sold_at IS NULL AND withdrawn_at IS NULL AND (order_id IS NULL OR reserved_until <= {now})
RETURNING id;

-- levels: how many items of each product there are, by what has become of them; $1 a product, or NULL for all.
SELECT p.id AS product_id, p.slug, p.title_ru, p.title_en, p.active,
       count(item.id) FILTER (WHERE item.sold_at IS NULL AND item.withdrawn_at IS NULL
           AND (item.order_id IS NULL OR item.reserved_until <= {now}))::int AS available,
       count(item.id) FILTER (WHERE item.sold_at IS NULL AND item.reserved_until > {now})::int AS reserved,
       count(item.id) FILTER (WHERE item.sold_at IS NOT NULL AND item.dead_at IS NULL)::int AS sold,
       count(item.id) FILTER (WHERE item.withdrawn_at IS NOT NULL AND item.sold_at IS NULL)::int AS withdrawn
FROM {schema}.products AS p
LEFT JOIN {schema}.stock_items AS item ON item.product_id = p.id
WHERE $1::int IS NULL OR p.id = $1
GROUP BY p.id
ORDER BY p.category_id, p.position, p.id;

-- items: what is known of a product's items without reading them, newest first; $2 how many at most.
SELECT id, kind, file_name, order_id, reserved_until, sold_at, withdrawn_at, added_at, added_by, dead_at, replaces
FROM {schema}.stock_items
WHERE product_id = $1
ORDER BY id DESC
LIMIT $2;

-- goods: the items an order was sold, in order of its lines; nothing of an order that is not paid for. Only item
-- $2 where it is given.
SELECT line.title, item.kind, item.content, item.file_name, item.dead_at IS NOT NULL AS dead
FROM {schema}.orders AS o
JOIN {schema}.order_lines AS line ON line.order_id = o.id
JOIN {schema}.stock_items AS item ON item.order_id = o.id AND item.product_id = line.product_id
WHERE o.id = $1 AND o.status IN ('paid', 'delivered') AND item.sold_at IS NOT NULL
  AND ($2::bigint IS NULL OR item.id = $2)
ORDER BY line.line, item.id;

-- newest: an item, still encrypted.
SELECT content FROM {schema}.stock_items ORDER BY id DESC LIMIT 1;
