-- goods: every product, on sale or not, with what there is of it; only that of slug $1 or id $2 where one is given.
SELECT p.id, p.slug, c.slug AS category, p.title_ru, p.title_en, p.description_ru, p.description_en, p.price_minor,
       p.currency, s.slug AS supplier, p.active, c.active AS category_active,
       count(item.id) FILTER (WHERE item.sold_at IS NULL AND item.withdrawn_at IS NULL
           AND (item.order_id IS NULL OR item.reserved_until <= {now}))::int AS available,
       count(item.id) FILTER (WHERE item.sold_at IS NULL AND item.reserved_until > {now})::int AS reserved,
       count(item.id) FILTER (WHERE item.sold_at IS NOT NULL AND item.dead_at IS NULL)::int AS sold,
       count(item.id) FILTER (WHERE item.withdrawn_at IS NOT NULL AND item.sold_at IS NULL)::int AS withdrawn,
       count(item.id) FILTER (WHERE item.doubted)::int AS doubted,
       count(item.id) FILTER (WHERE item.dead_at IS NOT NULL)::int AS dead,
       (SELECT digest FROM {schema}.pictures AS picture WHERE picture.product_id = p.id) AS picture
FROM {schema}.products AS p
JOIN {schema}.categories AS c ON c.id = p.category_id
LEFT JOIN {schema}.suppliers AS s ON s.id = p.supplier_id
LEFT JOIN {schema}.stock_items AS item ON item.product_id = p.id
WHERE ($1::text IS NULL OR p.slug = $1) AND ($2::int IS NULL OR p.id = $2)
GROUP BY p.id, c.id, s.id
ORDER BY c.position, c.id, p.position, p.id;

-- slugs: the names of all products, with their ids.
SELECT slug, id FROM {schema}.products;

-- lock: have products to oneself until the transaction ends, in the order in which everybody locks them.
SELECT slug, price_minor, currency, active FROM {schema}.products WHERE slug = ANY ($1::text[]) ORDER BY id FOR NO KEY UPDATE;

-- set_price: what one of a product costs from now on.
UPDATE {schema}.products SET price_minor = $2, currency = $3 WHERE slug = $1;

-- set_active: whether a product is on sale.
UPDATE {schema}.products SET active = $2 WHERE slug = $1;

-- put: write products, new ones at the end of their category; tells which were new, and leaves out the unchanged.
INSERT INTO {schema}.products AS p (slug, category_id, position, title_ru, title_en, description_ru, description_en,
                                price_minor, currency, supplier_id, active)
SELECT line.slug, c.id,
       coalesce((SELECT max(position) FROM {schema}.products WHERE category_id = c.id), 0) + line.place,
       line.title_ru, line.title_en, line.description_ru, line.description_en,
       line.price_minor, line.currency, s.id, line.active
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::text[],
            $9::text[], $10::boolean[])
    WITH ORDINALITY AS line (slug, category, title_ru, title_en, description_ru, description_en, price_minor,
                             currency, supplier, active, place)
JOIN {schema}.categories AS c ON c.slug = line.category
LEFT JOIN {schema}.suppliers AS s ON s.slug = line.supplier
ORDER BY line.place
ON CONFLICT (slug) DO UPDATE SET
    category_id = excluded.category_id, title_ru = excluded.title_ru, title_en = excluded.title_en,
    description_ru = excluded.description_ru, description_en = excluded.description_en,
    price_minor = excluded.price_minor, currency = excluded.currency, supplier_id = excluded.supplier_id,
    active = excluded.active
WHERE (p.category_id, p.title_ru, p.title_en, p.description_ru, p.description_en, p.price_minor, p.currency, p.active)
      <> (excluded.category_id, excluded.title_ru, excluded.title_en, excluded.description_ru,
          excluded.description_en, excluded.price_minor, excluded.currency, excluded.active)
      OR p.supplier_id IS DISTINCT FROM excluded.supplier_id
RETURNING p.slug, p.xmax = 0 AS new;

-- categories: the shelves, hidden ones too, with the number of products on each.
SELECT c.slug, c.icon, c.title_ru, c.title_en, c.active,
       (SELECT count(*) FROM {schema}.products AS p WHERE p.category_id = c.id)::int AS products
FROM {schema}.categories AS c
ORDER BY c.position, c.id;

-- put_category: a shelf, a new one at the end.
INSERT INTO {schema}.categories (slug, position, icon, title_ru, title_en, active)
VALUES ($1, coalesce((SELECT max(position) FROM {schema}.categories), 0) + 1, $2, $3, $4, $5)
ON CONFLICT (slug) DO UPDATE SET
    icon = excluded.icon, title_ru = excluded.title_ru, title_en = excluded.title_en, active = excluded.active;

-- suppliers: who brings goods, and how they are told; never their secrets.
SELECT s.slug, s.title, s.chat_id, s.callback_url,
       (SELECT count(*) FROM {schema}.products AS p WHERE p.supplier_id = s.id)::int AS products
FROM {schema}.suppliers AS s
ORDER BY s.slug;

-- put_supplier: who brings goods; a secret that is not given stays, where there is an address to sign calls for.
INSERT INTO {schema}.suppliers (slug, title, chat_id, callback_url, callback_secret)
VALUES ($1, $2, $3, $4::text, CASE WHEN $4::text IS NOT NULL
    THEN coalesce($5::bytea, (SELECT callback_secret FROM {schema}.suppliers WHERE slug = $1)) END)
ON CONFLICT (slug) DO UPDATE SET
    title = excluded.title, chat_id = excluded.chat_id, callback_url = excluded.callback_url,
    callback_secret = excluded.callback_secret;

-- has_secret: whether a supplier's calls can be signed already.
SELECT callback_secret IS NOT NULL FROM {schema}.suppliers WHERE slug = $1;
