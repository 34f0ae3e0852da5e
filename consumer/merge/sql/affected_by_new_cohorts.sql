-- Memberships that waited for the cohorts that this batch creates.
INSERT INTO affected (parent_kind, parent, member)
SELECT membership.parent_kind, membership.parent_uuid, membership.member_uuid
FROM cohort_new
JOIN entstream.membership AS membership
    ON membership.source = {source} AND membership.parent_kind = 'group' AND membership.parent_uuid = cohort_new.uuid
WHERE membership.member_uuid IS NOT NULL
