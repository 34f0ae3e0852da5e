-- Memberships that waited for the cohorts that this batch creates.
INSERT INTO affected (parent_kind, parent, member)
SELECT membership.parent_kind, membership.parent_uuid, membership.member_uuid
FROM cohort_new
CROSS JOIN LATERAL (SELECT parent_kind, parent_uuid, member_uuid
                    FROM entstream.membership
                    WHERE parent_uuid = cohort_new.uuid AND parent_kind = 'group' AND source = {source}
                    OFFSET 0) AS membership
WHERE membership.member_uuid IS NOT NULL
