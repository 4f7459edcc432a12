-- read: whose database this is, how far it has come, and what is known of its Redis
SELECT
    (SELECT value FROM installation WHERE key = 'id') AS id,
    mark, redis, seen_at, held::text, lost::text, clock_timestamp() AS now
FROM pair;

-- advance: go one mark further, unless somebody else did or the database was restored since it was read
UPDATE pair SET mark = mark + 1, seen_at = clock_timestamp() WHERE mark = $1
RETURNING mark, seen_at;

-- remember: Redis has come this far
UPDATE pair SET redis = greatest(redis, $1);

-- hold: nothing may act until on-call says go; a reason that stands is kept, and a mark of after a go is not the one judged
UPDATE pair SET held = $1::jsonb WHERE held IS NULL AND mark = $2
RETURNING mark;

-- lose: Redis has lost something
UPDATE pair SET lost = $1::jsonb;

-- go: end a hold; the mark is set past all that Redis remembers of this database
UPDATE pair SET held = NULL, mark = greatest(mark, $1) + 1, seen_at = clock_timestamp()
WHERE held IS NOT NULL
RETURNING mark;
