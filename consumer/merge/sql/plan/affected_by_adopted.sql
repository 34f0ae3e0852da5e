-- All that is on the log is planned as one: members of adopted cohorts whom it does not name go. Accounts that were found
-- for somebody who waits stay.
INSERT INTO affected (parent_kind, parent, member)
SELECT 'group', plan.uuid, former.member_uuid
FROM cohort_plan AS plan
JOIN former_plan AS former ON former.group_uuid = plan.uuid
WHERE plan.adopted
  AND NOT EXISTS (SELECT
                  FROM park_plan AS parked
                  WHERE parked.kind = 'user'
                    AND former.member_uuid = ({nobody.prefix} || lpad(to_hex(parked.candidate), 12, '0'))::uuid)
