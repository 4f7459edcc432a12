-- Who has signed.
CREATE TABLE {schema}.signatures (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name   text   NOT NULL
);
