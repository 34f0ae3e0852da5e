-- The watermark has moved past the member records of groups that came back: whoever they did not name goes now.
CREATE TEMP TABLE cohort_pair ON COMMIT DROP AS
SELECT member.cohortid AS cohort_id, member.userid AS user_id, false AS wanted
FROM entstream.link AS cohort
JOIN {moodle.cohort_members} AS member ON member.cohortid = cohort.moodle_id
WHERE cohort.source = {source} AND cohort.kind = 'cohort' AND cohort.status = 'returning'
  AND cohort.version < {first_offset}
  AND NOT EXISTS (SELECT
                  FROM entstream.link AS account
                  JOIN entstream.membership AS membership
                      ON membership.source = account.source AND membership.member_uuid = account.uuid
                  WHERE account.kind = 'user' AND account.moodle_id = member.userid
                    AND account.status IN ('active', 'left') AND account.source = {source}
                    AND membership.parent_uuid = cohort.uuid AND membership.parent_kind = 'group');

UPDATE entstream.link
SET status = 'active'
WHERE source = {source} AND kind = 'cohort' AND status = 'returning' AND version < {first_offset}
