-- The watermark has moved past the member records of groups that came back: of those whom entstream had put into the
-- cohort, whoever they did not name goes now. Whom an administrator added meanwhile stays.
INSERT INTO affected (parent_kind, parent, member)
SELECT 'group', cohort.uuid, former.member_uuid
FROM entstream.link AS cohort
CROSS JOIN LATERAL (SELECT member_uuid
                    FROM entstream.former_member
                    WHERE group_uuid = cohort.uuid AND source = {source}
                    OFFSET 0) AS former
WHERE cohort.source = {source} AND cohort.kind = 'cohort' AND cohort.status = 'returning'
  AND cohort.version < {first_offset}
  AND NOT EXISTS (SELECT FROM cohort_plan AS newer WHERE newer.uuid = cohort.uuid)
