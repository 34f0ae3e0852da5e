-- A forced replay: role assignments with our component that no role object gives, and whose removal was not
-- rejected. {only_member} chooses one person.
SELECT present.roleid AS role_id, present.contextid AS context_id, account.moodle_id AS user_id,
       account.uuid AS user_uuid
FROM {moodle.role_assignments} AS present
JOIN entstream.link AS account
    ON account.moodle_id = present.userid AND account.kind = 'user' AND account.source = {source}
WHERE {again_roles} AND present.component = {component} AND present.itemid = 0 AND {only_member}
  AND NOT EXISTS (SELECT
                  FROM entstream.membership AS named
                  JOIN entstream.role_object AS object
                      ON object.uuid = named.parent_uuid AND object.source = {source}
                  WHERE named.member_uuid = account.uuid AND named.parent_kind = 'role' AND named.source = {source}
                    AND object.role_id = present.roleid AND object.context_id = present.contextid)
  AND NOT EXISTS (SELECT
                  FROM entstream.rejected AS stays
                  WHERE stays.uuid = account.uuid AND stays.entity = 'role_assignment' AND stays.role_id = present.roleid
                    AND stays.context_id = present.contextid AND stays.source = {source})
