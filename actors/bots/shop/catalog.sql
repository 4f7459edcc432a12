-- categories: the shelves with something on sale, in the owner's order; $1 is the language.
SELECT c.id, c.icon, CASE WHEN $1 = 'ru' THEN c.title_ru ELSE c.title_en END AS title, count(*)::int AS products
FROM {schema}.available_stock_at({now}) AS p
JOIN {schema}.categories AS c ON c.id = p.category_id
GROUP BY c.id
ORDER BY c.position, c.id;

-- category: one shelf with the number of its goods, also when it is empty now; $1 is the language, $2 the category.
SELECT c.id, c.icon, CASE WHEN $1 = 'ru' THEN c.title_ru ELSE c.title_en END AS title,
       (SELECT count(*) FROM {schema}.available_stock_at({now}) AS p WHERE p.category_id = c.id)::int AS products
FROM {schema}.categories AS c
WHERE c.active AND c.id = $2;

-- page: some goods of a category; $1 is the language, $2 the category, $3 how many, $4 after how many.
SELECT product_id AS id, category_id, slug, price_minor, currency, available, discounts::text, picture,
       CASE WHEN $1 = 'ru' THEN title_ru ELSE title_en END AS title,
       CASE WHEN $1 = 'ru' THEN description_ru ELSE description_en END AS description
FROM {schema}.available_stock_at({now})
WHERE category_id = $2
ORDER BY position, product_id
LIMIT $3 OFFSET $4;

-- products: those of the given goods that are on sale; $1 is the language, $2 the ids.
SELECT product_id AS id, category_id, slug, price_minor, currency, available, discounts::text, picture,
       CASE WHEN $1 = 'ru' THEN title_ru ELSE title_en END AS title,
       CASE WHEN $1 = 'ru' THEN description_ru ELSE description_en END AS description
FROM {schema}.available_stock_at({now})
WHERE product_id = ANY ($2::int[]);

-- by_slug: one of the goods by its name in addresses, if it is on sale; $1 is the language, $2 the slug.
SELECT product_id AS id, category_id, slug, price_minor, currency, available, discounts::text, picture,
       CASE WHEN $1 = 'ru' THEN title_ru ELSE title_en END AS title,
       CASE WHEN $1 = 'ru' THEN description_ru ELSE description_en END AS description
FROM {schema}.available_stock_at({now})
WHERE slug = $2;

-- assortment: all goods on sale, shelf by shelf; $1 is the language, $2 how many at most.
SELECT p.product_id AS id, p.category_id, p.slug, p.price_minor, p.currency, p.available, p.discounts::text, p.picture,
       CASE WHEN $1 = 'ru' THEN p.title_ru ELSE p.title_en END AS title,
       CASE WHEN $1 = 'ru' THEN p.description_ru ELSE p.description_en END AS description
FROM {schema}.available_stock_at({now}) AS p
JOIN {schema}.categories AS c ON c.id = p.category_id
ORDER BY c.position, c.id, p.position, p.product_id
LIMIT $2;

-- terms: the prices of the given goods without counting how many there are, which takes time; $1 the ids.
SELECT product_id, price_minor, currency, discounts::text
FROM {schema}.available_stock_at({now})
WHERE product_id = ANY ($1::int[]);
