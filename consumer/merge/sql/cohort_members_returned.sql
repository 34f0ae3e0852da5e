-- The watermark has moved past the member records of groups that came back: of those whom entstream had put into the
-- cohort, whoever they did not name goes now. Whom an administrator added meanwhile stays.
CREATE TEMP TABLE cohort_pair ON COMMIT DROP AS
SELECT cohort.moodle_id AS cohort_id, account.moodle_id AS user_id, false AS wanted
FROM entstream.link AS cohort
CROSS JOIN LATERAL (SELECT member_uuid
                    FROM entstream.former_member
                    WHERE group_uuid = cohort.uuid AND source = {source}
                    OFFSET 0) AS former
CROSS JOIN LATERAL (SELECT moodle_id
                    FROM entstream.link
                    WHERE uuid = former.member_uuid AND kind = 'user' AND source = {source}
                    LIMIT 1) AS account
LEFT JOIN LATERAL (SELECT true AS found
                   FROM entstream.membership
                   WHERE member_uuid = former.member_uuid AND parent_uuid = cohort.uuid
                     AND parent_kind = 'group' AND source = {source}
                   LIMIT 1) AS reason ON true
WHERE cohort.source = {source} AND cohort.kind = 'cohort' AND cohort.status = 'returning'
  AND cohort.version < {first_offset}
  AND reason.found IS NULL;

ANALYZE cohort_pair (user_id);

DELETE FROM entstream.former_member
WHERE ctid = ANY (ARRAY(
    SELECT former.place
    FROM entstream.link AS cohort
    CROSS JOIN LATERAL (SELECT ctid AS place
                        FROM entstream.former_member
                        WHERE group_uuid = cohort.uuid AND source = {source}
                        OFFSET 0) AS former
    WHERE cohort.source = {source} AND cohort.kind = 'cohort' AND cohort.status = 'returning'
      AND cohort.version < {first_offset}));

UPDATE entstream.link
SET status = 'active'
WHERE source = {source} AND kind = 'cohort' AND status = 'returning' AND version < {first_offset}
