-- The languages of the shop are those that it has texts in: a third one is files, and no migration.
ALTER TABLE {schema}.orders DROP CONSTRAINT orders_language_check;
ALTER TABLE {schema}.customers DROP CONSTRAINT customers_language_check;
ALTER TABLE {schema}.policies DROP CONSTRAINT policies_language_check;
