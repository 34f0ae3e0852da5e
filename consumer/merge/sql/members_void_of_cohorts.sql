-- One DELETE of a group stands for all its members at lower offsets. Their rows in Moodle stay: the cohort is released,
-- or its members are named again by records that follow. A group that only ceased to be selected keeps them: nobody
-- would name them again.
INSERT INTO entstream.former_member (source, group_uuid, member_uuid)
SELECT {source}, delta.uuid, member.member_uuid
FROM cohort_delta AS delta
CROSS JOIN LATERAL (SELECT moodle_id
                    FROM entstream.link
                    WHERE uuid = delta.uuid AND kind = 'cohort' AND source = {source}
                    LIMIT 1) AS cohort
CROSS JOIN LATERAL (SELECT member_uuid, version
                    FROM entstream.membership
                    WHERE parent_uuid = delta.uuid AND parent_kind = 'group' AND source = {source}
                    OFFSET 0) AS member
CROSS JOIN LATERAL (SELECT moodle_id
                    FROM entstream.link
                    WHERE uuid = member.member_uuid AND kind = 'user' AND source = {source}
                    LIMIT 1) AS account
CROSS JOIN LATERAL (SELECT id
                    FROM {moodle.cohort_members}
                    WHERE cohortid = cohort.moodle_id AND userid = account.moodle_id
                    LIMIT 1) AS present
WHERE delta.deleted AND member.version < delta.version
ON CONFLICT (group_uuid, member_uuid, source) DO NOTHING;

DELETE FROM entstream.membership
WHERE ctid = ANY (ARRAY(
    SELECT member.place
    FROM cohort_delta AS delta
    CROSS JOIN LATERAL (SELECT ctid AS place, version
                        FROM entstream.membership
                        WHERE parent_uuid = delta.uuid AND parent_kind = 'group' AND source = {source}
                        OFFSET 0) AS member
    WHERE delta.deleted AND member.version < delta.version))
