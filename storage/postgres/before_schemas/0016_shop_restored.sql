-- After a restore: goods that were free at the backup may have been sold since, and are not sold until the owner
-- confirms them.
ALTER TABLE shop.stock_items ADD COLUMN doubted boolean NOT NULL DEFAULT false CHECK (NOT doubted OR withdrawn_at IS NOT NULL);

-- The restores for which that was done: it is done once.
CREATE TABLE shop.restores (
    since_ms bigint      PRIMARY KEY,
    done_at  timestamptz NOT NULL DEFAULT now()
);
