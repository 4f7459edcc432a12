-- read: whose database this is, how far it has come, and what is known of its Redis
SELECT
    (SELECT value FROM mailroom.installation WHERE key = 'id') AS id,
    mark, redis, seen_at, held::text, lost::text, clock_timestamp() AS now, ask_from, asked::text
FROM mailroom.pair;

-- advance: go one mark further, unless somebody else did or the database was restored since it was read; after a silence of $2 seconds
-- the gateways are asked for what happened meanwhile
UPDATE mailroom.pair SET
    mark = mark + 1,
    seen_at = clock_timestamp(),
    ask_from = CASE
        WHEN mark > 0 AND clock_timestamp() - seen_at > make_interval(secs => $2) THEN least(ask_from, seen_at)
        ELSE ask_from
    END
WHERE mark = $1
RETURNING mark, seen_at;

-- remember: Redis has come this far
UPDATE mailroom.pair SET redis = greatest(redis, $1);

-- hold: nothing may act until on-call says go; a reason that stands is kept, and a mark of after a go is not the one judged
UPDATE mailroom.pair SET
    held = $1::jsonb,
    -- A database of before its first mark does not know what it has missed.
    ask_from = least(ask_from, CASE WHEN mark > 0 THEN seen_at ELSE seen_at - interval '7 days' END),
    asked = NULL
WHERE held IS NULL AND mark = $2
RETURNING mark;

-- lose: Redis has lost something
UPDATE mailroom.pair SET lost = $1::jsonb;

-- go: end a hold; the mark is set past all that Redis remembers of this database. What was not asked yet is not asked any more: it would
-- hold everything once again.
UPDATE mailroom.pair SET
    held = NULL,
    ask_from = NULL,
    mark = greatest(mark, $1, (held ->> 'past')::bigint) + 1,
    seen_at = clock_timestamp()
WHERE held IS NOT NULL
RETURNING mark;

-- asked: what came of asking the gateways; done where all that can be asked have answered
UPDATE mailroom.pair SET asked = $2::jsonb, ask_from = CASE WHEN $3 THEN NULL ELSE ask_from END WHERE ask_from = $1;

-- rename: another installation from now on, as a clone must be: nothing is known of its Redis yet
WITH named AS (UPDATE mailroom.installation SET value = $1 WHERE key = 'id')
UPDATE mailroom.pair SET mark = 0, redis = 0, held = NULL, lost = NULL, ask_from = NULL, asked = NULL;
