-- The watermark has moved past the member records of groups that came back, or whose cohorts were adopted: of those who were
-- noted, whoever they did not name goes now. Whom an administrator added meanwhile stays. Who was no entry's account then
-- may be one's now; and an account that was found for somebody who waits stays.
INSERT INTO affected (parent_kind, parent, member)
SELECT 'group', cohort.uuid, coalesce(person.uuid, former.member_uuid)
FROM entstream.link AS cohort
CROSS JOIN LATERAL (SELECT member_uuid,
                           CASE WHEN member_uuid BETWEEN {nobody.first} AND {nobody.last}
                                THEN ('x' || right(member_uuid::text, 12))::bit(48)::bigint END AS account
                    FROM entstream.former_member
                    WHERE group_uuid = cohort.uuid AND source = {source}
                    OFFSET 0) AS former
LEFT JOIN LATERAL (SELECT uuid, source
                   FROM entstream.link
                   WHERE moodle_id = former.account AND kind = 'user'
                   LIMIT 1) AS person ON true
WHERE cohort.source = {source} AND cohort.kind = 'cohort' AND cohort.status = 'returning'
  AND cohort.version < {first_offset}
  AND NOT EXISTS (SELECT FROM cohort_plan AS newer WHERE newer.uuid = cohort.uuid)
  AND coalesce(person.source, {source}) = {source}
  AND (former.account IS NULL
       OR NOT EXISTS (SELECT FROM entstream.parked WHERE kind = 'user' AND candidate = former.account))
