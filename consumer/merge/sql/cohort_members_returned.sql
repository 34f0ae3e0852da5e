-- The watermark has moved past the member records of groups that came back: whoever they did not name goes now.
CREATE TEMP TABLE cohort_pair ON COMMIT DROP AS
SELECT member.cohortid AS cohort_id, member.userid AS user_id, false AS wanted
FROM entstream.link AS cohort
JOIN {moodle.cohort_members} AS member ON member.cohortid = cohort.moodle_id
LEFT JOIN LATERAL (SELECT uuid
                   FROM entstream.link
                   WHERE moodle_id = member.userid AND kind = 'user' AND source = {source}
                     AND status IN ('active', 'left')
                   LIMIT 1) AS account ON true
LEFT JOIN LATERAL (SELECT true AS found
                   FROM entstream.membership
                   WHERE member_uuid = account.uuid AND parent_uuid = cohort.uuid
                     AND parent_kind = 'group' AND source = {source}
                   LIMIT 1) AS reason ON true
WHERE cohort.source = {source} AND cohort.kind = 'cohort' AND cohort.status = 'returning'
  AND cohort.version < {first_offset}
  AND reason.found IS NULL;

ANALYZE cohort_pair (user_id);

UPDATE entstream.link
SET status = 'active'
WHERE source = {source} AND kind = 'cohort' AND status = 'returning' AND version < {first_offset}
