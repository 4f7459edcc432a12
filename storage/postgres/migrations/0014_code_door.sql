-- A code opens the door that it was asked for at, and no other: what a customer is sent for a page opens no console.
ALTER TABLE mailroom.code ADD COLUMN door text NOT NULL DEFAULT 'page' CHECK (door IN ('page', 'console'));
ALTER TABLE mailroom.code DROP CONSTRAINT code_pkey;
ALTER TABLE mailroom.code ADD PRIMARY KEY (bot, door, address);
