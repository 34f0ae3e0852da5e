-- For the affected pairs of groups: the rows that mdl_cohort_members must have (wanted) or not have.
-- A member stays in a cohort as long as any value of the group's member attribute resolves to him, even when suspended.
-- What somebody deleted in Moodle since its last record is still linked, but gets no rows: no foreign key would stop them.
CREATE TEMP TABLE cohort_pair ON COMMIT DROP AS
SELECT DISTINCT cohort.moodle_id AS cohort_id, account.moodle_id AS user_id,
       reason.found IS NOT NULL AND living.found IS NOT NULL AND kept.found IS NOT NULL AS wanted
FROM affected
CROSS JOIN LATERAL (SELECT moodle_id
                    FROM entstream.link
                    WHERE uuid = affected.parent AND kind = 'cohort' AND source = {source}
                      AND status IN ('active', 'returning')
                    LIMIT 1) AS cohort
CROSS JOIN LATERAL (SELECT moodle_id
                    FROM entstream.link
                    WHERE uuid = affected.member AND kind = 'user' AND source = {source}
                      AND status IN ('active', 'left')
                    LIMIT 1) AS account
LEFT JOIN LATERAL (SELECT true AS found
                   FROM entstream.membership
                   WHERE member_uuid = affected.member AND parent_uuid = affected.parent
                     AND parent_kind = 'group' AND source = {source}
                   LIMIT 1) AS reason ON true
LEFT JOIN LATERAL (SELECT true AS found
                   FROM {moodle.user}
                   WHERE id = account.moodle_id AND deleted = 0
                   LIMIT 1) AS living ON true
LEFT JOIN LATERAL (SELECT true AS found
                   FROM {moodle.cohort}
                   WHERE id = cohort.moodle_id
                   LIMIT 1) AS kept ON true
WHERE affected.parent_kind = 'group';

ANALYZE cohort_pair (user_id)
