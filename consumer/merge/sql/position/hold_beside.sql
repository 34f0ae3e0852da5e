-- First statement of a transaction beside the process that serves this Moodle, or while none does: takes the locks of the
-- lease and of the position row, so that his transactions wait, and changes neither.
WITH lease AS MATERIALIZED (
    SELECT token FROM entstream.lease FOR UPDATE
), held AS MATERIALIZED (
    SELECT next_offset
    FROM entstream.position
    WHERE target = {target} AND source = {source} AND EXISTS (SELECT FROM lease)
    FOR UPDATE
)
SELECT {site}
       held.next_offset
FROM held
