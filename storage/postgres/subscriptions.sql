-- put: a browser shows notices for somebody; whoever it showed them for before gets none there.
INSERT INTO mailroom.push_subscription (bot, endpoint, p256dh, auth, person, session) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (bot, endpoint) DO UPDATE
SET p256dh = excluded.p256dh, auth = excluded.auth, person = excluded.person, session = excluded.session, made_at = now();

-- most: nobody has more than $3; the oldest go.
DELETE FROM mailroom.push_subscription WHERE bot = $1 AND endpoint IN (
    SELECT endpoint FROM mailroom.push_subscription WHERE bot = $1 AND person = $2
    ORDER BY made_at DESC, endpoint OFFSET $3
);

-- of_person: where somebody is shown notices.
SELECT endpoint, p256dh, auth FROM mailroom.push_subscription WHERE bot = $1 AND person = $2 ORDER BY made_at, endpoint;

-- drop: a browser shows none any more, if it did for this person.
DELETE FROM mailroom.push_subscription WHERE bot = $1 AND person = $2 AND endpoint = $3 RETURNING endpoint;

-- gone: a browser has unsubscribed from this endpoint, which is of one bot.
DELETE FROM mailroom.push_subscription WHERE bot = $1 AND endpoint = $2;

-- end_with: sessions were ended.
DELETE FROM mailroom.push_subscription WHERE bot = $1 AND session = ANY($2);

-- forget: somebody is shown none.
DELETE FROM mailroom.push_subscription WHERE bot = $1 AND person = $2;
