-- Whose deed it is, as the bot knows people: who is forgotten is nobody there, too.
ALTER TABLE mailroom.deed ADD COLUMN person text;
CREATE INDEX deed_of_person ON mailroom.deed (bot, person) WHERE person IS NOT NULL;
