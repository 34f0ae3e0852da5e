-- Sweep: how many people of the next {portion} waiting values of profile fields there are after {after}, and the UUID of
-- the last. Reads only.
WITH next AS MATERIALIZED (
    SELECT DISTINCT uuid
    FROM entstream.profile_value
    WHERE source = {source} AND waits IS NOT NULL AND uuid > {after}
    ORDER BY uuid
    LIMIT {portion}
)
SELECT (SELECT count(*) FROM next) AS objects, (SELECT uuid FROM next ORDER BY uuid DESC LIMIT 1) AS last
