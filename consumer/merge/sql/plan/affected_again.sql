-- A forced replay: pairs of cohorts or role objects and people whose rows in Moodle are not as entstream's tables say. Members
-- that are missing; linked accounts in a cohort of ours that no record names (but for adopted cohorts, whose former
-- members stay, and those whose removal was rejected); role assignments that are missing. {only_parent} and {only_member} choose single objects.
INSERT INTO affected (parent_kind, parent, member)
SELECT 'group', cohort.uuid, account.uuid
FROM entstream.membership AS membership
JOIN entstream.link AS cohort
    ON cohort.uuid = membership.parent_uuid AND cohort.kind = 'cohort' AND cohort.source = {source}
       AND cohort.status IN ('active', 'returning')
JOIN entstream.link AS account
    ON account.uuid = membership.member_uuid AND account.kind = 'user' AND account.source = {source}
       AND account.status <> 'gone_in_moodle'
LEFT JOIN {moodle.cohort_members} AS present
    ON present.cohortid = cohort.moodle_id AND present.userid = account.moodle_id
WHERE {again_cohorts} AND membership.source = {source} AND membership.parent_kind = 'group' AND present.id IS NULL
  AND {only_parent} AND {only_member}
UNION ALL
SELECT 'group', cohort.uuid, account.uuid
FROM entstream.link AS cohort
JOIN {moodle.cohort} AS ours
    ON ours.id = cohort.moodle_id AND (ours.component = {component} OR cohort.unlocked)
JOIN {moodle.cohort_members} AS present ON present.cohortid = cohort.moodle_id
JOIN entstream.link AS account
    ON account.moodle_id = present.userid AND account.kind = 'user' AND account.source = {source}
WHERE {again_cohorts} AND cohort.source = {source} AND cohort.kind = 'cohort' AND cohort.status = 'active'
  AND NOT cohort.adopted AND {only_parent} AND {only_member}
  AND NOT EXISTS (SELECT
                  FROM entstream.membership AS named
                  WHERE named.member_uuid = account.uuid AND named.parent_uuid = cohort.uuid
                    AND named.parent_kind = 'group' AND named.source = {source})
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
