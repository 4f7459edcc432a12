-- lock: one process fills a shop at a time.
SELECT pg_advisory_xact_lock(hashtextextended('shop.demo', 0));

-- is_filled: whether the demo stock is here already; the suppliers are its mark, as goods are sold.
SELECT EXISTS (SELECT FROM {schema}.suppliers WHERE slug = $1);

-- add_supplier: an invented supplier.
INSERT INTO {schema}.suppliers (slug, title, chat_id, callback_url, callback_secret) VALUES ($1, $2, $3, $4, $5);

-- supply: which products a supplier brings, by the slug of their category.
UPDATE {schema}.products AS p SET supplier_id = s.id
FROM {schema}.suppliers AS s, {schema}.categories AS c
WHERE s.slug = $1 AND c.slug = ANY ($2::text[]) AND p.category_id = c.id AND p.supplier_id IS NULL;

-- product: the id of a product, if the owner has not taken it away.
SELECT id FROM {schema}.products WHERE slug = $1;

-- without_pictures: the demo goods and their shelves, as long as no product has a picture; $1 their slugs.
SELECT p.slug, c.slug AS shelf
FROM {schema}.products AS p
JOIN {schema}.categories AS c ON c.id = p.category_id
WHERE p.slug = ANY ($1::text[]) AND NOT EXISTS (SELECT FROM {schema}.pictures)
ORDER BY p.id;

-- add_discount: an invented discount; $1 and $2 its titles, $3 the product's slug or NULL for all, $4 a promo
-- code or NULL, $5 from how many, $6 percent, $7 for how many days or NULL, $8 for how many orders or NULL.
INSERT INTO {schema}.discounts (title_ru, title_en, product_id, promo_code, min_quantity, percent, starts_at, ends_at, uses_max)
SELECT $1, $2, p.id, $4, $5, $6, {now}, {now} + make_interval(days => $7), $8
FROM (SELECT (SELECT id FROM {schema}.products WHERE slug = $3) AS id) AS p
WHERE $3::text IS NULL OR p.id IS NOT NULL;
