-- is_used: whether a product has the picture of this digest.
SELECT EXISTS (SELECT FROM {schema}.pictures WHERE digest = $1);

-- put: a product's picture; gives the digest of the one before.
WITH before AS (SELECT digest FROM {schema}.pictures WHERE product_id = $1)
INSERT INTO {schema}.pictures (product_id, digest, changed_at) VALUES ($1, $2, {now})
ON CONFLICT (product_id) DO UPDATE SET digest = excluded.digest, changed_at = excluded.changed_at
RETURNING (SELECT digest FROM before);

-- drop: no picture any more.
DELETE FROM {schema}.pictures WHERE product_id = $1 RETURNING digest;

-- add: a product's picture, if it has none; $1 its slug.
INSERT INTO {schema}.pictures (product_id, digest, changed_at)
SELECT id, $2, {now} FROM {schema}.products WHERE slug = $1
ON CONFLICT (product_id) DO NOTHING;
