-- all_groups: URL groups with their endpoints, in the order in which they were added; those that are named, or all
SELECT
    url_group.name, url_group.headers, url_group.created_at, url_group.updated_at,
    coalesce(jsonb_agg(jsonb_build_array(endpoint.name, endpoint.url) ORDER BY endpoint.place)
        FILTER (WHERE endpoint.url IS NOT NULL), '[]') AS endpoints
FROM mailroom.qstash_group AS url_group LEFT JOIN mailroom.qstash_endpoint AS endpoint ON endpoint.url_group = url_group.name
WHERE $1::text[] IS NULL OR url_group.name = ANY ($1)
GROUP BY url_group.name ORDER BY url_group.name;

-- keep: a group, where there is none of the name; locked until the transaction is over
INSERT INTO mailroom.qstash_group (name) VALUES ($1)
ON CONFLICT (name) DO UPDATE SET updated_at = clock_timestamp();

-- add: endpoints to a group; one that is there already gets the new name
INSERT INTO mailroom.qstash_endpoint (url_group, url, name)
SELECT $1, url, name FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS added (url, name, place) ORDER BY place
ON CONFLICT (url_group, url) DO UPDATE SET name = excluded.name;

-- remove: endpoints of a group by their addresses or names
DELETE FROM mailroom.qstash_endpoint WHERE url_group = $1 AND (url = ANY ($2::text[]) OR name <> '' AND name = ANY ($3::text[]));

-- delete_empty: a group that has no endpoint left
DELETE FROM mailroom.qstash_group AS url_group
WHERE name = $1 AND NOT EXISTS (SELECT FROM mailroom.qstash_endpoint WHERE url_group = $1);

-- delete: a group and its endpoints
DELETE FROM mailroom.qstash_group WHERE name = $1;

-- set_headers: what every publish to a group says
UPDATE mailroom.qstash_group SET headers = $2::jsonb, updated_at = clock_timestamp() WHERE name = $1 RETURNING name;

-- sizes: how many groups there are, and how many endpoints this one has
SELECT
    (SELECT count(*) FROM mailroom.qstash_group) AS groups,
    (SELECT count(*) FROM mailroom.qstash_endpoint WHERE url_group = $1) AS endpoints;
