-- Whose membership of a group ends while its cohort is released: he stays in the cohort, and is noted, because he goes
-- if the group comes back without him.
ANALYZE affected (parent);

INSERT INTO entstream.former_member (source, group_uuid, member_uuid)
SELECT {source}, affected.parent, affected.member
FROM affected
CROSS JOIN LATERAL (SELECT moodle_id
                    FROM entstream.link
                    WHERE uuid = affected.parent AND kind = 'cohort' AND source = {source} AND status = 'released'
                    LIMIT 1) AS cohort
CROSS JOIN LATERAL (SELECT moodle_id
                    FROM entstream.link
                    WHERE uuid = affected.member AND kind = 'user' AND source = {source}
                    LIMIT 1) AS account
CROSS JOIN LATERAL (SELECT id
                    FROM {moodle.cohort_members}
                    WHERE cohortid = cohort.moodle_id AND userid = account.moodle_id
                    LIMIT 1) AS present
LEFT JOIN LATERAL (SELECT true AS found
                   FROM entstream.membership
                   WHERE member_uuid = affected.member AND parent_uuid = affected.parent
                     AND parent_kind = 'group' AND source = {source}
                   LIMIT 1) AS reason ON true
WHERE affected.parent_kind = 'group' AND reason.found IS NULL
ON CONFLICT (group_uuid, member_uuid, source) DO NOTHING
