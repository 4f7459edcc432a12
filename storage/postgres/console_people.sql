-- add_link: a link for somebody; $6 how many seconds it lasts. Those that are too old go.
WITH old AS (DELETE FROM mailroom.console_link WHERE until < now())
INSERT INTO mailroom.console_link (digest, way, address, username, name, until)
VALUES ($1, $2, $3, $4, $5, now() + make_interval(secs => $6));

-- use_link: whose a link is, which is one no more.
DELETE FROM mailroom.console_link WHERE digest = $1 RETURNING way, address, username, name, until > now() AS fresh;

-- open_session: a session of somebody; $6 how many seconds it lasts. Those that are over go.
WITH old AS (DELETE FROM mailroom.console_session WHERE until < now())
INSERT INTO mailroom.console_session (digest, way, address, username, name, until)
VALUES ($1, $2, $3, $4, $5, now() + make_interval(secs => $6));

-- find_session: whose a session is.
SELECT way, address, username, name FROM mailroom.console_session WHERE digest = $1 AND until > now();

-- end_session: a session ends.
DELETE FROM mailroom.console_session WHERE digest = $1;

-- end_all: all sessions of somebody end, and links that wait for them.
WITH links AS (DELETE FROM mailroom.console_link WHERE address = $1)
DELETE FROM mailroom.console_session WHERE address = $1 RETURNING digest;

-- end_everybody: all sessions end, and all links that wait.
WITH links AS (DELETE FROM mailroom.console_link) DELETE FROM mailroom.console_session;

-- list_sessions: who is logged in, who came last first.
SELECT address, max(name) AS name, count(*) AS sessions, max(began_at) AS began_at, max(until) AS until
FROM mailroom.console_session WHERE until > now() GROUP BY address ORDER BY began_at DESC LIMIT $1;
