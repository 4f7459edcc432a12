-- one_at_a_time: let owners acquire one after another, so that no epoch is given out twice
SELECT pg_advisory_xact_lock(hashtext('mailroom partition lease'));

-- acquire: take over the partitions that nobody holds (or, when forced, all of them) with an epoch larger than any before
WITH next AS (SELECT greatest(coalesce((SELECT max(epoch) FROM partition_lease), 0) + 1, $6) AS epoch)
INSERT INTO partition_lease AS held (partition, owner, epoch, expires_at)
SELECT part, $2, next.epoch, now() + make_interval(secs => $3)
FROM next, unnest($1::smallint[]) AS part
ON CONFLICT (partition) DO UPDATE
SET owner = excluded.owner, epoch = excluded.epoch, expires_at = excluded.expires_at
WHERE $4 OR held.owner IS NULL OR held.expires_at < now() OR held.owner = ANY($5::text[])
RETURNING partition, epoch;

-- renew: hold on to what is ours; a partition that is missing from the answer has been taken over
UPDATE partition_lease SET expires_at = now() + make_interval(secs => $3)
WHERE owner = $1 AND epoch = $2
RETURNING partition;

-- release: give the partitions up, so that the next owner need not wait for the lease to run out
UPDATE partition_lease SET owner = NULL, expires_at = now()
WHERE owner = $1 AND epoch = $2;

-- owners: who holds partitions now
SELECT owner, count(*) AS partitions, max(epoch) AS epoch, max(expires_at) AS expires_at
FROM partition_lease WHERE owner IS NOT NULL GROUP BY owner;

-- installed: what the first start of this installation decided, kept for ever
INSERT INTO installation (key, value) VALUES ($1, $2)
ON CONFLICT (key) DO UPDATE SET value = installation.value
RETURNING value;
