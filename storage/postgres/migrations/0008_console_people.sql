-- People who work in the console: by a link that is used once, they get a session that ends by itself. Of both only a
-- digest is kept, so that whoever reads this table can use neither.
CREATE TABLE mailroom.console_link (
    digest   bytea       PRIMARY KEY CHECK (octet_length(digest) = 32),
    -- How they have proved who they are, and what address is theirs: tg:7001.
    way      text        NOT NULL,
    address  text        NOT NULL,
    -- What Telegram calls them: it proves nothing.
    username text,
    name     text        NOT NULL,
    until    timestamptz NOT NULL
);

CREATE TABLE mailroom.console_session (
    digest   bytea       PRIMARY KEY CHECK (octet_length(digest) = 32),
    way      text        NOT NULL,
    address  text        NOT NULL,
    username text,
    name     text        NOT NULL,
    began_at timestamptz NOT NULL DEFAULT now(),
    until    timestamptz NOT NULL
);
