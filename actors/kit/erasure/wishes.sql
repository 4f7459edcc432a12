-- ask: note that somebody wants to be forgotten; nothing if that is noted already.
INSERT INTO {schema}.erasures (bot, user_id, chat_id, asked_at) VALUES ($1, $2, $3, {now})
ON CONFLICT (bot, user_id) WHERE done_at IS NULL DO NOTHING
RETURNING id;

-- find: a wish to be forgotten that is still to be done.
SELECT bot, user_id, chat_id FROM {schema}.erasures WHERE id = $1 AND done_at IS NULL;

-- lock: the same, to oneself until the transaction ends.
SELECT bot, user_id, chat_id FROM {schema}.erasures WHERE id = $1 AND done_at IS NULL FOR UPDATE;

-- wish: the same of a person, noted now where it was not.
INSERT INTO {schema}.erasures (bot, user_id, chat_id, asked_at) VALUES ($1, $2, $2, {now})
ON CONFLICT (bot, user_id) WHERE done_at IS NULL DO UPDATE SET user_id = excluded.user_id
RETURNING id, chat_id;

-- done: from now on it is known when somebody was forgotten, and not who.
UPDATE {schema}.erasures SET user_id = NULL, chat_id = NULL, done_at = {now} WHERE id = $1;
