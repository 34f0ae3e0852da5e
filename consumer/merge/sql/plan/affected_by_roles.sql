-- Members of the role objects in role_plan: what they have or are to have is looked at again. Where all role assignments are
-- compared with entstream's tables anyway, only of those that name something else than before.
INSERT INTO affected (parent_kind, parent, member)
SELECT 'role', plan.uuid, membership.member_uuid
FROM role_plan AS plan
CROSS JOIN LATERAL (SELECT member_uuid
                    FROM entstream.membership
                    WHERE parent_uuid = plan.uuid AND parent_kind = 'role' AND source = {source}
                    OFFSET 0) AS membership
LEFT JOIN role_place AS place ON place.uuid = plan.uuid
WHERE membership.member_uuid IS NOT NULL
  AND NOT ({compares_roles} AND place.role_id IS NOT DISTINCT FROM plan.former_role_id
           AND place.context_id IS NOT DISTINCT FROM plan.former_context_id)
