-- What can be bought depends on the time, and whoever asks says which it is. Not by replacing the view: processes
-- of the version before go on asking it, and it tells a person at psql how things are by the database's clock.
CREATE FUNCTION {schema}.available_stock_at(at timestamptz)
RETURNS TABLE (
    product_id integer, category_id integer, "position" integer, slug text, title_ru text, title_en text,
    description_ru text, description_en text, currency text, price_minor bigint, supplier_id integer,
    available integer, discounts jsonb, picture text
)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT
        p.id, p.category_id, p.position, p.slug, p.title_ru, p.title_en, p.description_ru, p.description_en,
        p.currency, p.price_minor, p.supplier_id,
        (SELECT count(*) FROM {schema}.stock_items AS item
         WHERE item.product_id = p.id AND item.sold_at IS NULL AND item.withdrawn_at IS NULL
           AND (item.order_id IS NULL OR item.reserved_until <= at))::int,
        (SELECT coalesce(jsonb_agg(jsonb_build_object(
            'id', d.id, 'title_ru', d.title_ru, 'title_en', d.title_en, 'promo_code', d.promo_code,
            'min_quantity', d.min_quantity, 'percent', d.percent,
            'price_minor', greatest(1, p.price_minor - p.price_minor * d.percent / 100)
         ) ORDER BY d.min_quantity, d.percent, d.id), '[]')
         FROM {schema}.discounts AS d
         WHERE d.active AND (d.product_id IS NULL OR d.product_id = p.id)
           AND d.starts_at <= at AND (d.ends_at IS NULL OR d.ends_at > at)
           AND (d.uses_max IS NULL OR d.uses < d.uses_max)),
        (SELECT picture.digest FROM {schema}.pictures AS picture WHERE picture.product_id = p.id)
    FROM {schema}.products AS p
    JOIN {schema}.categories AS c ON c.id = p.category_id AND c.active
    WHERE p.active;
END;

CREATE OR REPLACE VIEW {schema}.available_stock_with_discounts AS
SELECT * FROM {schema}.available_stock_at(now());
