-- Sweep: how many of the next {portion} parked users or cohorts there are after {after}, and the UUID of the last.
-- Reads only.
WITH next AS MATERIALIZED (
    SELECT uuid
    FROM entstream.parked
    WHERE source = {source} AND kind = '{kind}' AND uuid > {after}
    ORDER BY uuid
    LIMIT {portion}
)
SELECT (SELECT count(*) FROM next) AS objects, (SELECT uuid FROM next ORDER BY uuid DESC LIMIT 1) AS last
