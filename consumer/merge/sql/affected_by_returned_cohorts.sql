-- Memberships of groups that were released and are back: whoever became a member meanwhile is missing in the cohort.
INSERT INTO affected (parent_kind, parent, member)
SELECT membership.parent_kind, membership.parent_uuid, membership.member_uuid
FROM cohort_work
CROSS JOIN LATERAL (SELECT parent_kind, parent_uuid, member_uuid
                    FROM entstream.membership
                    WHERE parent_uuid = cohort_work.uuid AND parent_kind = 'group' AND source = {source}
                    OFFSET 0) AS membership
WHERE cohort_work.present AND cohort_work.former_status = 'released' AND NOT cohort_work.gone
  AND membership.member_uuid IS NOT NULL
