-- Whether a customer is told by broadcasts. What is about an order comes all the same.
ALTER TABLE shop.customers ADD COLUMN wants_news boolean NOT NULL DEFAULT true;
