-- Sweep: how many of the next {portion} cohorts that are to be in a course category there are after {after}, and the UUID
-- of the last. Reads only.
WITH next AS MATERIALIZED (
    SELECT uuid
    FROM entstream.cohort_category
    WHERE source = {source} AND uuid > {after}
    ORDER BY uuid
    LIMIT {portion}
)
SELECT (SELECT count(*) FROM next) AS objects, (SELECT uuid FROM next ORDER BY uuid DESC LIMIT 1) AS last
