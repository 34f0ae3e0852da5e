-- Members of the role objects in role_plan: what they have or are to have is looked at again.
INSERT INTO affected (parent_kind, parent, member)
SELECT 'role', plan.uuid, membership.member_uuid
FROM role_plan AS plan
CROSS JOIN LATERAL (SELECT member_uuid
                    FROM entstream.membership
                    WHERE parent_uuid = plan.uuid AND parent_kind = 'role' AND source = {source}
                    OFFSET 0) AS membership
WHERE membership.member_uuid IS NOT NULL
