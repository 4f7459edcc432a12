-- Orders that wait for their payment or their goods are few beside all there were, and are counted every few seconds.
CREATE INDEX orders_unfinished ON {schema}.orders (bot, status) WHERE status IN ('awaiting_payment', 'paid');
