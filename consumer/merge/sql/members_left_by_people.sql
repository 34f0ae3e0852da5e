-- Memberships that attributes of a person gave (value_hash is the person's own UUID) and that his record does not name
-- any more: those that it names have its version by now. Who left, or is not selected any more, names none. Records
-- that are tried again from entstream.parked have the version of what they named, so that nothing ends by them.
WITH ended AS (
    DELETE FROM entstream.membership
    WHERE ctid = ANY (ARRAY(
        SELECT member.place
        FROM user_delta AS person
        CROSS JOIN LATERAL (SELECT ctid AS place, value_hash, version
                            FROM entstream.membership
                            WHERE member_uuid = person.uuid AND parent_kind = 'group' AND source = {source}
                            OFFSET 0) AS member
        WHERE member.value_hash = person.uuid AND member.version < person.version))
    RETURNING parent_uuid, member_uuid
)
INSERT INTO affected (parent_kind, parent, member)
SELECT 'group', parent_uuid, member_uuid
FROM ended
