-- What products look like. The bytes are kept, so that any bot and any page can show them.
CREATE TABLE shop.pictures (
    product_id integer     PRIMARY KEY REFERENCES shop.products ON DELETE CASCADE,
    content    bytea       NOT NULL CHECK (octet_length(content) BETWEEN 1 AND 2097152),
    mime_type  text        NOT NULL CHECK (mime_type IN ('image/jpeg', 'image/png')),
    -- Of the content: names it in addresses, so that what was cached by name is never out of date.
    digest     text        NOT NULL CHECK (digest ~ '^[0-9a-f]{32}$'),
    changed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX pictures_by_digest ON shop.pictures (digest);

-- What Telegram calls a picture: its name for a file is good for one bot alone.
CREATE TABLE shop.picture_files (
    bot     text NOT NULL,
    digest  text NOT NULL,
    file_id text NOT NULL,
    PRIMARY KEY (bot, digest)
);

-- The one truth of what can be bought now and for how much: a row for each product that is on sale, also when
-- none is left. `discounts` are those in force now, promo codes included:
-- [{"id", "title_ru", "title_en", "promo_code", "min_quantity", "percent", "price_minor"}], price_minor for one.
CREATE OR REPLACE VIEW shop.available_stock_with_discounts AS
SELECT
    p.id AS product_id, p.category_id, p.position, p.slug, p.title_ru, p.title_en, p.description_ru,
    p.description_en, p.currency, p.price_minor, p.supplier_id,
    (SELECT count(*) FROM shop.stock_items AS item
     WHERE item.product_id = p.id AND item.sold_at IS NULL AND item.withdrawn_at IS NULL
       AND (item.order_id IS NULL OR item.reserved_until <= now()))::int AS available,
    (SELECT coalesce(jsonb_agg(jsonb_build_object(
        'id', d.id, 'title_ru', d.title_ru, 'title_en', d.title_en, 'promo_code', d.promo_code,
        'min_quantity', d.min_quantity, 'percent', d.percent,
        'price_minor', greatest(1, p.price_minor - p.price_minor * d.percent / 100)
     ) ORDER BY d.min_quantity, d.percent, d.id), '[]')
     FROM shop.discounts AS d
     WHERE d.active AND (d.product_id IS NULL OR d.product_id = p.id)
       AND d.starts_at <= now() AND (d.ends_at IS NULL OR d.ends_at > now())
       AND (d.uses_max IS NULL OR d.uses < d.uses_max)) AS discounts,
    (SELECT picture.digest FROM shop.pictures AS picture WHERE picture.product_id = p.id) AS picture
FROM shop.products AS p
JOIN shop.categories AS c ON c.id = p.category_id AND c.active
WHERE p.active;
