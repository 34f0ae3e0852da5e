-- A forced replay: pairs of cohorts or role objects and people whose rows in Moodle are not as entstream's tables say. Members
-- that are missing; linked accounts in a cohort of ours that no record names (but for adopted cohorts, whose former
-- members stay, and those whose removal was rejected); role assignments that are missing. {only_parent} and {only_member} choose single objects, {only_present} the
-- rows of Moodle that are theirs. Both sides are read once, as a whole: a million lookups take ten times as long.
WITH cohort AS NOT MATERIALIZED (
    SELECT uuid, moodle_id, status, adopted, unlocked
    FROM entstream.link AS cohort
    WHERE {again_cohorts} AND kind = 'cohort' AND source = {source} AND {only_parent}
), named AS (
    SELECT cohort.uuid AS cohort_uuid, account.uuid AS user_uuid, cohort.moodle_id AS cohort_id,
           account.moodle_id AS user_id, cohort.status AS cohort_status, account.status AS user_status
    FROM entstream.membership AS membership
    JOIN cohort ON cohort.uuid = membership.parent_uuid
    JOIN entstream.link AS account
        ON account.uuid = membership.member_uuid AND account.kind = 'user' AND account.source = {source}
    WHERE {again_cohorts} AND membership.source = {source} AND membership.parent_kind = 'group' AND {only_member}
), differing AS MATERIALIZED (
    SELECT named.*, present.cohortid AS present_cohort, present.userid AS present_user
    FROM named
    FULL JOIN (SELECT cohortid, userid
               FROM {moodle.cohort_members}
               WHERE {again_cohorts} AND {only_present}) AS present
        ON present.cohortid = named.cohort_id AND present.userid = named.user_id
    WHERE present.cohortid IS NULL OR named.cohort_id IS NULL
)
SELECT 'group' AS parent_kind, cohort_uuid AS parent, user_uuid AS member
FROM differing
WHERE present_cohort IS NULL AND cohort_status IN ('active', 'returning') AND user_status <> 'gone_in_moodle'
UNION ALL
SELECT 'group', cohort.uuid, account.uuid
FROM differing
JOIN cohort ON cohort.moodle_id = differing.present_cohort AND cohort.status = 'active' AND NOT cohort.adopted
JOIN {moodle.cohort} AS ours
    ON ours.id = cohort.moodle_id AND (ours.component = {component} OR cohort.unlocked)
JOIN entstream.link AS account
    ON account.moodle_id = differing.present_user AND account.kind = 'user' AND account.source = {source}
WHERE differing.cohort_uuid IS NULL
  AND NOT EXISTS (SELECT
                  FROM entstream.rejected AS stays
                  WHERE stays.uuid = account.uuid AND stays.entity = 'member' AND stays.parent = cohort.uuid
                    AND stays.source = {source})
UNION ALL
SELECT 'role', object.uuid, account.uuid
FROM entstream.membership AS membership
JOIN (SELECT uuid, role_id, context_id, uuid AS parent
      FROM entstream.role_object
      WHERE source = {source} AND role_id IS NOT NULL AND context_id IS NOT NULL) AS object
    ON object.uuid = membership.parent_uuid
JOIN entstream.link AS account
    ON account.uuid = membership.member_uuid AND account.kind = 'user' AND account.source = {source}
       AND account.status <> 'gone_in_moodle'
WHERE {again_roles} AND membership.source = {source} AND membership.parent_kind = 'role' AND {only_member}
  AND NOT EXISTS (SELECT
                  FROM {moodle.role_assignments} AS present
                  WHERE present.userid = account.moodle_id AND present.contextid = object.context_id
                    AND present.roleid = object.role_id AND present.component = {component} AND present.itemid = 0)
