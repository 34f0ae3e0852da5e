-- A rebuild has read what the log had when it began: memberships that the log does not have any more end (their version
-- is still the one that begin_rebuild.sql gave them). But what belongs to a group or role object that the log does not have
-- either stays as it is; so do cohorts from attributes of people whom the log does not have.
WITH ended AS (
    INSERT INTO member_plan
    SELECT member.parent_kind, member.parent_uuid, member.value_hash, member.version, false, NULL, member.ctid,
           member.member_uuid
    FROM entstream.membership AS member
    WHERE member.source = {source} AND member.version < 0
      AND NOT EXISTS (SELECT
                      FROM member_plan AS planned
                      WHERE planned.parent = member.parent_uuid AND planned.value = member.value_hash
                        AND planned.parent_kind = member.parent_kind)
      AND CASE
              WHEN member.value_hash = member.member_uuid THEN
                  NOT EXISTS (SELECT
                              FROM entstream.link
                              WHERE uuid = member.member_uuid AND kind = 'user' AND source = {source}
                                AND (version < 0 OR status = 'kept'))
                  OR EXISTS (SELECT FROM user_plan WHERE uuid = member.member_uuid AND status <> 'kept')
              WHEN member.parent_kind = 'group' THEN
                  NOT EXISTS (SELECT
                              FROM entstream.link
                              WHERE uuid = member.parent_uuid AND kind = 'cohort' AND source = {source} AND version < 0)
                  OR EXISTS (SELECT FROM cohort_plan WHERE uuid = member.parent_uuid)
              ELSE
                  NOT EXISTS (SELECT
                              FROM entstream.role_object
                              WHERE uuid = member.parent_uuid AND source = {source} AND version < 0)
                  OR EXISTS (SELECT FROM role_plan WHERE uuid = member.parent_uuid)
          END
    RETURNING parent_kind, parent, former
)
INSERT INTO affected (parent_kind, parent, member)
SELECT parent_kind, parent, former
FROM ended
WHERE former IS NOT NULL
