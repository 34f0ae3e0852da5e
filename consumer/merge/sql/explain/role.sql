-- A role object, the role and context that it names in Moodle, and who has it.
SELECT object.role, object.level, object.context_key, object.identifier, object.role_id, object.context_id, object.version,
       (SELECT count(*) FROM {moodle.role_assignments} AS assignment
        WHERE assignment.roleid = object.role_id AND assignment.contextid = object.context_id
          AND assignment.component = {component}) AS assignments
FROM entstream.role_object AS object
WHERE object.uuid = {uuid} AND object.source = {source}
