-- offers: the newest discounts, in force or not; $1 how many at most.
SELECT d.id, d.title_ru, d.title_en, p.slug, d.promo_code, d.min_quantity, d.percent, d.starts_at, d.ends_at,
       d.uses_max, d.uses, d.active,
       d.active AND d.starts_at <= {now} AND (d.ends_at IS NULL OR d.ends_at > {now})
           AND (d.uses_max IS NULL OR d.uses < d.uses_max) AS in_force
FROM {schema}.discounts AS d
LEFT JOIN {schema}.products AS p ON p.id = d.product_id
ORDER BY d.id DESC
LIMIT $1;

-- add: a discount, from now on.
INSERT INTO {schema}.discounts (title_ru, title_en, product_id, promo_code, min_quantity, percent, starts_at, ends_at, uses_max)
SELECT $1, $2, (SELECT id FROM {schema}.products WHERE slug = $3), $4, $5, $6, {now}, $7, $8
RETURNING id;

-- switch_off: a discount counts no more; orders that were placed keep their price.
UPDATE {schema}.discounts SET active = false WHERE id = $1 RETURNING id;

-- today: the day it is (UTC).
SELECT ({now} AT TIME ZONE 'UTC')::date;
