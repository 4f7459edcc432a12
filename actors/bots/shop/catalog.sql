-- categories: the shelves with something on sale, in the owner's order; $1 is the language.
SELECT c.id, c.icon, CASE WHEN $1 = 'ru' THEN c.title_ru ELSE c.title_en END AS title, count(*)::int AS products
FROM shop.categories AS c
JOIN shop.products AS p ON p.category_id = c.id AND p.active
WHERE c.active
GROUP BY c.id
ORDER BY c.position, c.id;

-- category: one shelf with the number of its goods, also when it is empty now; $1 is the language, $2 the category.
SELECT c.id, c.icon, CASE WHEN $1 = 'ru' THEN c.title_ru ELSE c.title_en END AS title, count(p.id)::int AS products
FROM shop.categories AS c
LEFT JOIN shop.products AS p ON p.category_id = c.id AND p.active
WHERE c.active AND c.id = $2
GROUP BY c.id;

-- page: some goods of a category; $1 is the language, $2 the category, $3 how many, $4 after how many.
SELECT p.id, p.category_id, p.price_minor, p.currency,
       CASE WHEN $1 = 'ru' THEN p.title_ru ELSE p.title_en END AS title,
       CASE WHEN $1 = 'ru' THEN p.description_ru ELSE p.description_en END AS description
FROM shop.products AS p
WHERE p.category_id = $2 AND p.active
ORDER BY p.position, p.id
LIMIT $3 OFFSET $4;

-- products: those of the given goods that can be bought now; $1 is the language, $2 the ids.
SELECT p.id, p.category_id, p.price_minor, p.currency,
       CASE WHEN $1 = 'ru' THEN p.title_ru ELSE p.title_en END AS title,
       CASE WHEN $1 = 'ru' THEN p.description_ru ELSE p.description_en END AS description
FROM shop.products AS p
JOIN shop.categories AS c ON c.id = p.category_id AND c.active
WHERE p.id = ANY ($2::int[]) AND p.active;
