-- impatient: a process that is stopped in the middle of what follows must not keep the others waiting
SET LOCAL idle_in_transaction_session_timeout = '2s';

-- beat: say that somebody is there, one after another, so that no epoch is given out twice; returns for how long nobody was
INSERT INTO mailroom.ownership_beat AS last (before_at, beaten_at) VALUES ('epoch', clock_timestamp())
ON CONFLICT (only_row) DO UPDATE SET before_at = last.beaten_at, beaten_at = clock_timestamp()
RETURNING extract(epoch FROM beaten_at - before_at)::float8 AS silent_seconds;

-- queue_up: wait until no other call is at the rows: two that lock them in another order would lock each other out
SELECT FROM mailroom.ownership_beat FOR UPDATE;

-- extend: nobody could renew a lease for $1 seconds; nobody shall lose one, of $2 seconds, by that
UPDATE mailroom.partition_lease
SET expires_at = least(expires_at + make_interval(secs => $1), (SELECT clock_timestamp()) + make_interval(secs => $2))
WHERE owner IS NOT NULL AND expires_at < (SELECT clock_timestamp()) + make_interval(secs => $2);

-- acquire: take the partitions that nobody holds, and those that name us already, with an epoch larger than any before
-- One moment is asked for all rows: else a lease that runs out meanwhile would be taken in part.
WITH next AS MATERIALIZED (
    SELECT
        greatest(coalesce((SELECT max(epoch) FROM mailroom.partition_lease), 0) + 1, $5) AS epoch,
        clock_timestamp() + make_interval(secs => $3) AS expires_at
)
INSERT INTO mailroom.partition_lease AS held (partition, owner, epoch, expires_at)
SELECT part, $2, next.epoch, next.expires_at
FROM next, unnest($1::smallint[]) AS part
ON CONFLICT (partition) DO UPDATE
SET owner = excluded.owner, epoch = excluded.epoch, expires_at = excluded.expires_at
WHERE
    held.owner IS NULL OR held.owner = $2 OR held.owner = ANY($4::text[])
    OR held.expires_at < excluded.expires_at - make_interval(secs => $3)
RETURNING partition, epoch;

-- renew: hold on to what is ours; a partition that is missing from the answer has been taken over
UPDATE mailroom.partition_lease SET expires_at = (SELECT clock_timestamp()) + make_interval(secs => $3)
WHERE owner = $1 AND epoch = $2
RETURNING partition;

-- release: give the partitions up, so that the next owner need not wait for the lease to run out
UPDATE mailroom.partition_lease SET owner = NULL, expires_at = clock_timestamp()
WHERE owner = $1 AND epoch = $2;

-- owners: who holds partitions now
SELECT owner, count(*) AS partitions, max(epoch) AS epoch, max(expires_at) AS expires_at
FROM mailroom.partition_lease WHERE owner IS NOT NULL GROUP BY owner;

-- installed: what the first start of this installation decided, kept for ever
INSERT INTO mailroom.installation (key, value) VALUES ($1, $2)
ON CONFLICT (key) DO UPDATE SET value = installation.value
RETURNING value;
