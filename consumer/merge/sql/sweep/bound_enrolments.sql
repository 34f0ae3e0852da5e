-- Sweep: how many people of the next {portion} who have a role in a course and could not, or were not to, be enrolled with it there are
-- after {after}, and the UUID of the last: the key roles.enrol, or the instance of its method, is newer than their role. Whom
-- entstream enrolled once is not among them: somebody took him out. Reads only.
WITH next AS MATERIALIZED (
    SELECT DISTINCT user_uuid AS uuid
    FROM {enrolments.lacking} AS assignment
    WHERE user_uuid > {after}
    ORDER BY uuid
    LIMIT {portion}
)
SELECT (SELECT count(*) FROM next) AS objects, (SELECT uuid FROM next ORDER BY uuid DESC LIMIT 1) AS last
