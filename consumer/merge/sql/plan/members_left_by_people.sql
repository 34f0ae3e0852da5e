-- Memberships that attributes of a person gave (value is the person's own UUID) and that his record does not name any
-- more: those that it names are in member_plan. Who left, or is not selected any more, names none. Records that are tried
-- again from entstream.parked have the version of what they named, so that nothing ends by them. Whose removal is held keeps
-- his cohorts with his account.
WITH ended AS (
    INSERT INTO member_plan
    SELECT 'group', member.parent_uuid, member.value_hash, person.version, false, NULL, member.place, person.uuid
    FROM user_delta AS person
    CROSS JOIN LATERAL (SELECT ctid AS place, parent_uuid, value_hash, version
                        FROM entstream.membership
                        WHERE member_uuid = person.uuid AND parent_kind = 'group' AND source = {source}
                        OFFSET 0) AS member
    WHERE member.value_hash = person.uuid AND member.version < person.version
      AND NOT EXISTS (SELECT FROM user_plan AS kept WHERE kept.uuid = person.uuid AND kept.status = 'kept')
      AND NOT EXISTS (SELECT
                      FROM member_plan AS planned
                      WHERE planned.parent = member.parent_uuid AND planned.value = member.value_hash
                        AND planned.parent_kind = 'group')
    RETURNING parent, former
)
INSERT INTO affected (parent_kind, parent, member)
SELECT 'group', parent, former
FROM ended
