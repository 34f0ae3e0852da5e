-- Memberships that wait for the cohorts that this batch creates or adopts, and those of groups that were released, or kept, and are
-- back: whoever became a member meanwhile is missing in the cohort.
INSERT INTO affected (parent_kind, parent, member)
SELECT membership.parent_kind, membership.parent_uuid, membership.member_uuid
FROM cohort_plan AS plan
CROSS JOIN LATERAL (SELECT parent_kind, parent_uuid, member_uuid
                    FROM entstream.membership
                    WHERE parent_uuid = plan.uuid AND parent_kind = 'group' AND source = {source}
                    OFFSET 0) AS membership
WHERE (plan.cohort_id < 0 OR plan.adopted OR plan.present AND plan.former_status IN ('released', 'kept') AND NOT plan.gone)
  AND membership.member_uuid IS NOT NULL
