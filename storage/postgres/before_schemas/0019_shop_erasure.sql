-- What an owner has written in place of the shop's own terms and words on privacy.
CREATE TABLE shop.policies (
    bot        text        NOT NULL,
    name       text        NOT NULL CHECK (name IN ('terms', 'privacy')),
    language   text        NOT NULL CHECK (language IN ('ru', 'en')),
    -- HTML as Telegram takes it.
    text       text        NOT NULL CHECK (char_length(text) BETWEEN 1 AND 4096),
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (bot, name, language)
);

-- Customers who want to be forgotten. Once one is, the row says no more than when: in orders, which the books
-- keep, the customer's number is then -id, and the chat's 0.
CREATE TABLE shop.erasures (
    id       bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    bot      text        NOT NULL,
    user_id  bigint,
    chat_id  bigint,
    asked_at timestamptz NOT NULL DEFAULT now(),
    done_at  timestamptz,
    CHECK ((done_at IS NULL) = (user_id IS NOT NULL) AND (done_at IS NULL) = (chat_id IS NOT NULL))
);
CREATE UNIQUE INDEX erasures_pending ON shop.erasures (bot, user_id) WHERE done_at IS NULL;
