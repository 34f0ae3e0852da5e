-- One DELETE of a group or role object stands for all its members at lower offsets, stored or in this batch; one that
-- only ceased to be selected keeps them: nobody would name them again. The rows of a group's members in Moodle stay: the
-- cohort is released, or its members are named again by records that follow.
UPDATE member_plan AS planned
SET present = false
FROM {kind}_delta AS delta
WHERE delta.deleted AND planned.parent = delta.uuid AND planned.parent_kind = '{parent_kind}'
  AND planned.version < delta.version;

INSERT INTO member_plan
SELECT '{parent_kind}', delta.uuid, member.value_hash, delta.version, false, NULL, member.place, member.member_uuid
FROM {kind}_delta AS delta
CROSS JOIN LATERAL (SELECT ctid AS place, value_hash, member_uuid, version
                    FROM entstream.membership
                    WHERE parent_uuid = delta.uuid AND parent_kind = '{parent_kind}' AND source = {source}
                    OFFSET 0) AS member
WHERE delta.deleted AND member.version < delta.version
  AND NOT EXISTS (SELECT
                  FROM member_plan AS planned
                  WHERE planned.parent = delta.uuid AND planned.value = member.value_hash
                    AND planned.parent_kind = '{parent_kind}')
