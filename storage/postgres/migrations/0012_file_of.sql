-- Whose files are: what is somebody's alone goes when they are forgotten. What was put without saying whose is the
-- room's, and stays until the room lets go of it.
ALTER TABLE mailroom.file ADD COLUMN is_rooms boolean NOT NULL DEFAULT true;
CREATE TABLE mailroom.file_of (
    schema text NOT NULL,
    digest text NOT NULL,
    bot    text NOT NULL,
    person text NOT NULL,
    PRIMARY KEY (schema, digest, bot, person),
    FOREIGN KEY (schema, digest) REFERENCES mailroom.file ON DELETE CASCADE
);
CREATE INDEX file_of_by_person ON mailroom.file_of (bot, person);
