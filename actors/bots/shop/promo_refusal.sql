-- why_refused: what speaks against a promo code now. A code may have several discounts: the most hopeful counts.
SELECT CASE
    WHEN count(*) = 0 THEN 'unknown'
    WHEN bool_or(usable AND NOT used_up) THEN NULL
    WHEN bool_or(usable) THEN 'used_up'
    WHEN bool_or(later) THEN 'not_yet'
    ELSE 'over'
END
FROM (
    SELECT active AND starts_at <= {now} AND (ends_at IS NULL OR ends_at > {now}) AS usable,
           active AND starts_at > {now} AS later,
           uses_max IS NOT NULL AND uses >= uses_max AS used_up
    FROM {schema}.discounts
    WHERE promo_code = $1
) AS discount;
