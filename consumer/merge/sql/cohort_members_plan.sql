-- For the affected pairs of groups: the rows that mdl_cohort_members must have (wanted) or not have.
-- A member stays in a cohort as long as any value of the group's member attribute resolves to him, even when suspended.
CREATE TEMP TABLE cohort_pair ON COMMIT DROP AS
SELECT DISTINCT cohort.moodle_id AS cohort_id,
       account.moodle_id AS user_id,
       EXISTS (SELECT
               FROM entstream.membership AS membership
               WHERE membership.source = {source} AND membership.member_uuid = affected.member
                 AND membership.parent_uuid = affected.parent AND membership.parent_kind = 'group') AS wanted
FROM affected
JOIN entstream.link AS cohort
    ON cohort.source = {source} AND cohort.kind = 'cohort' AND cohort.uuid = affected.parent
    AND cohort.status IN ('active', 'returning')
JOIN entstream.link AS account
    ON account.source = {source} AND account.kind = 'user' AND account.uuid = affected.member
    AND account.status IN ('active', 'left')
WHERE affected.parent_kind = 'group'
