-- From cohort_pair to mdl_cohort_members: additions before removals. Rows to delete are locked in id order.
-- Where a cohort is used by enrol_cohort, its scheduled task is asked for after the commit.
-- Cohorts that are new are nobody's yet: no look into the index before each row, as a conflict would need it. Nor is there one
-- while {passes_over_present} is empty: a fifth of the time of a first load, in which somebody else hardly adds the same member
-- between our look and our insert; who does is an error, after which the batch is planned and written again with it.
INSERT INTO {moodle.cohort_members} (cohortid, userid, timeadded)
SELECT new.cohort_id, pair.user_id, {now}
FROM cohort_pair AS pair
JOIN cohort_new AS new ON new.planned_id = pair.cohort_id
WHERE pair.wanted;

WITH added AS (
    INSERT INTO {moodle.cohort_members} (cohortid, userid, timeadded)
    SELECT cohort_id, user_id, {now}
    FROM cohort_pair
    WHERE wanted AND cohort_id > 0
    ORDER BY cohort_id, user_id
    {passes_over_present}
    RETURNING cohortid, userid
)
INSERT INTO cohort_member_change SELECT 'created', cohortid, userid FROM added;

WITH unwanted AS MATERIALIZED (
    SELECT member.id
    FROM {moodle.cohort_members} AS member
    WHERE member.id IN (SELECT member_id FROM cohort_pair WHERE NOT wanted)
    ORDER BY member.id
    FOR UPDATE
), removed AS (
    DELETE FROM {moodle.cohort_members} WHERE id IN (SELECT id FROM unwanted)
    RETURNING cohortid, userid
)
INSERT INTO cohort_member_change SELECT 'removed', cohortid, userid FROM removed;

ANALYZE cohort_member_change (cohort_id);

INSERT INTO entstream.touch (kind)
SELECT 'cohort_sync'
WHERE EXISTS (SELECT
              FROM {moodle.enrol} AS enrol
              WHERE enrol.enrol = 'cohort' AND enrol.customint1 IN (SELECT cohort_id FROM cohort_member_change));

SELECT action, count(*) FROM cohort_member_change GROUP BY action
UNION ALL
SELECT 'created', count(*) FROM cohort_pair WHERE wanted AND cohort_id < 0
