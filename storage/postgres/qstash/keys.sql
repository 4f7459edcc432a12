-- keys: both, the current first
SELECT which, key FROM mailroom.qstash_key ORDER BY which;

-- seed: write them, where there are none
INSERT INTO mailroom.qstash_key (which, key) VALUES ('current', $1), ('next', $2) ON CONFLICT (which) DO NOTHING;

-- lock: whoever rotates does it alone
LOCK TABLE mailroom.qstash_key IN SHARE ROW EXCLUSIVE MODE;

-- rotate: the next becomes the current one
UPDATE mailroom.qstash_key AS key SET key = CASE which WHEN 'current' THEN after.key ELSE $1 END
FROM (SELECT key FROM mailroom.qstash_key WHERE which = 'next') AS after;
