-- Memberships that wait for the users whose accounts this batch creates or adopts.
INSERT INTO affected (parent_kind, parent, member)
SELECT membership.parent_kind, membership.parent_uuid, membership.member_uuid
FROM user_plan AS plan
CROSS JOIN LATERAL (SELECT parent_kind, parent_uuid, member_uuid
                    FROM entstream.membership
                    WHERE member_uuid = plan.uuid AND source = {source}
                    OFFSET 0) AS membership
WHERE plan.user_id < 0 OR plan.adopted
