-- A rebuild has read what the log had when it began: memberships that the log does not have any more end (their version
-- is still the one that rebuild.sql gave them). But what belongs to a group or role object that the log does not have
-- either stays as it is; so do cohorts from attributes of people whom the log does not have.
WITH ended AS (
    DELETE FROM entstream.membership AS member
    WHERE member.source = {source} AND member.version < 0
      AND CASE
              WHEN member.value_hash = member.member_uuid THEN
                  NOT EXISTS (SELECT
                              FROM entstream.link
                              WHERE uuid = member.member_uuid AND kind = 'user' AND source = {source} AND version < 0)
              WHEN member.parent_kind = 'group' THEN
                  NOT EXISTS (SELECT
                              FROM entstream.link
                              WHERE uuid = member.parent_uuid AND kind = 'cohort' AND source = {source} AND version < 0)
              ELSE
                  NOT EXISTS (SELECT
                              FROM entstream.role_object
                              WHERE uuid = member.parent_uuid AND source = {source} AND version < 0)
          END
    RETURNING parent_kind, parent_uuid, member_uuid
)
INSERT INTO affected (parent_kind, parent, member)
SELECT parent_kind, parent_uuid, member_uuid
FROM ended
WHERE member_uuid IS NOT NULL
