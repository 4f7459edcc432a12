-- People of pages, as far as they prove who they are by something else than Telegram. All of it is of one bot: the
-- same address at two bots is two people.

-- Whose an address is (`mail:anna@example.com`, `phone:+79161234567`, `tg:7001`): the first who proved it. Somebody who
-- proves two addresses as one person has two rows.
CREATE TABLE mailroom.proof (
    bot       text        NOT NULL,
    address   text        NOT NULL,
    person    text        NOT NULL,
    proved_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (bot, address)
);
CREATE INDEX proof_by_person ON mailroom.proof (bot, person);

-- The code that was sent to an address last, while it is good: no earlier one is. Only a keyed digest of it is kept.
CREATE TABLE mailroom.code (
    bot        text        NOT NULL,
    address    text        NOT NULL,
    digest     bytea       NOT NULL,
    tries_left smallint    NOT NULL CHECK (tries_left >= 0),
    until      timestamptz NOT NULL,
    PRIMARY KEY (bot, address)
);
CREATE INDEX code_by_until ON mailroom.code (until);

-- Browsers in which somebody has proved who they are. The cookie holds the token, and this its digest.
CREATE TABLE mailroom.page_session (
    id        bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest    bytea       NOT NULL UNIQUE,
    bot       text        NOT NULL,
    person    text        NOT NULL,
    -- What was proved in this browser.
    addresses text[]      NOT NULL,
    -- What the browser calls itself.
    about     text        NOT NULL,
    made_at   timestamptz NOT NULL DEFAULT now(),
    seen_at   timestamptz NOT NULL DEFAULT now(),
    until     timestamptz NOT NULL
);
CREATE INDEX page_session_by_person ON mailroom.page_session (bot, person, seen_at);
CREATE INDEX page_session_by_until ON mailroom.page_session (until);

-- Links that let whoever has them do one thing. The link holds the token, and this its digest.
CREATE TABLE mailroom.page_grant (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest     bytea       NOT NULL UNIQUE,
    bot        text        NOT NULL,
    what       text        NOT NULL,
    reference  text        NOT NULL,
    version    bigint      NOT NULL,
    -- For whom it was made, where that is somebody: it goes with them.
    person     text,
    made_at    timestamptz NOT NULL DEFAULT now(),
    -- NULL: it ends when it is revoked.
    until      timestamptz
);
CREATE INDEX page_grant_by_thing ON mailroom.page_grant (bot, what, reference);
CREATE INDEX page_grant_by_person ON mailroom.page_grant (bot, person) WHERE person IS NOT NULL;
CREATE INDEX page_grant_by_until ON mailroom.page_grant (until) WHERE until IS NOT NULL;

-- Browsers that show notices of a bot's page.
CREATE TABLE mailroom.push_subscription (
    bot      text        NOT NULL,
    endpoint text        NOT NULL,
    p256dh   text        NOT NULL,
    auth     text        NOT NULL,
    person   text        NOT NULL,
    -- The session it was made in: it ends when somebody logs out of that.
    session  bigint,
    made_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (bot, endpoint)
);
CREATE INDEX push_subscription_by_person ON mailroom.push_subscription (bot, person, made_at);
