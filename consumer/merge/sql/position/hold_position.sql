-- First statement of a sweep: takes the lock of the position row without moving it, if we still own source and Moodle.
-- The same statement reads what the sweep has to know of the site.
WITH lease AS (
    UPDATE entstream.lease
    SET renewed_at = clock_timestamp()
    WHERE token = {token}
    RETURNING token
), held AS MATERIALIZED (
    SELECT next_offset
    FROM entstream.position
    WHERE target = {target} AND source = {source} AND owner_epoch = {owner_epoch}
      AND EXISTS (SELECT FROM lease)
    FOR UPDATE
)
SELECT {site}
       held.next_offset
FROM held
