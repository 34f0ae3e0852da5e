-- Member records of this batch whose user or parent is not in Moodle yet.
SELECT 'waiting', count(*)
FROM member_delta AS delta
WHERE delta.present
  AND (NOT EXISTS (SELECT FROM entstream.link AS account
                   WHERE account.source = {source} AND account.kind = 'user' AND account.uuid = delta.member)
       OR delta.parent_kind = 'group'
          AND NOT EXISTS (SELECT FROM entstream.link AS cohort
                          WHERE cohort.source = {source} AND cohort.kind = 'cohort' AND cohort.uuid = delta.parent)
       OR delta.parent_kind = 'role'
          AND NOT EXISTS (SELECT FROM entstream.role_object AS role
                          WHERE role.source = {source} AND role.uuid = delta.parent
                            AND role.role_id IS NOT NULL AND role.context_id IS NOT NULL))
