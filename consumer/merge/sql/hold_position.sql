-- First statement of a sweep: takes the lock of the position row without moving it, if we still own the source.
-- The same statement reads what the sweep has to know of the site.
WITH held AS MATERIALIZED (
    SELECT next_offset
    FROM entstream.position
    WHERE target = {target} AND source = {source} AND owner_epoch = {owner_epoch}
    FOR UPDATE
)
SELECT {site}
       held.next_offset
FROM held
