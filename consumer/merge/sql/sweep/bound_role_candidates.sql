-- Sweep: how many people of the next {portion} role assignments that wait for an approval there are after {after}, and the
-- UUID of the last. Reads only.
WITH next AS MATERIALIZED (
    SELECT DISTINCT uuid
    FROM entstream.role_candidate
    WHERE source = {source} AND uuid > {after}
    ORDER BY uuid
    LIMIT {portion}
)
SELECT (SELECT count(*) FROM next) AS objects, (SELECT uuid FROM next ORDER BY uuid DESC LIMIT 1) AS last
