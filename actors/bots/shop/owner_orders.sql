-- find: orders of bot $1, newest first: those of number, customer or contact $2, or whose customer's name or
-- contact has $3 in it, all where both are NULL; with status $4 if it is given; $5 how many at most.
SELECT o.id, o.status, o.user_id, coalesce(c.name, '') AS name, o.contact,
       (SELECT coalesce(sum(l.quantity), 0) FROM {schema}.order_lines AS l WHERE l.order_id = o.id)::int AS items,
       o.total_minor, o.currency, o.created_at
FROM {schema}.orders AS o
LEFT JOIN {schema}.customers AS c ON c.bot = o.bot AND c.user_id = o.user_id
WHERE o.bot = $1
  AND ($2::bigint IS NULL AND $3::text IS NULL
       OR o.id = $2 OR o.user_id = $2
       OR strpos(lower(o.contact), lower($3)) > 0 OR strpos(lower(c.name), lower($3)) > 0)
  AND ($4::text IS NULL OR o.status = $4)
ORDER BY o.id DESC
LIMIT $5;

-- of_bot: whether an order was placed in this bot's shop, and how it stands.
SELECT status FROM {schema}.orders WHERE bot = $1 AND id = $2;

-- customer: the name of whoever placed an order.
SELECT name FROM {schema}.customers WHERE bot = $1 AND user_id = $2;
