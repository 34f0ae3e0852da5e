-- Members of a deleted group stay in its cohort, and are noted, because they go if the group comes back without them.
INSERT INTO former_plan
SELECT DISTINCT planned.parent, named.member
FROM cohort_delta AS delta
JOIN member_plan AS planned ON planned.parent = delta.uuid AND planned.parent_kind = 'group' AND NOT planned.present
CROSS JOIN LATERAL (VALUES (planned.former), (planned.member)) AS named (member)
CROSS JOIN LATERAL (SELECT moodle_id
                    FROM entstream.link
                    WHERE uuid = delta.uuid AND kind = 'cohort' AND source = {source}
                    LIMIT 1) AS cohort
CROSS JOIN LATERAL (SELECT moodle_id
                    FROM entstream.link
                    WHERE uuid = named.member AND kind = 'user' AND source = {source}
                    LIMIT 1) AS account
CROSS JOIN LATERAL (SELECT id
                    FROM {moodle.cohort_members}
                    WHERE cohortid = cohort.moodle_id AND userid = account.moodle_id
                    LIMIT 1) AS present
WHERE delta.deleted AND named.member IS NOT NULL
