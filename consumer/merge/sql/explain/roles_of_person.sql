-- The role objects that name a person, and whether he has the role in Moodle.
SELECT membership.parent_uuid, object.role, object.level, object.context_key, object.identifier, object.role_id,
       object.context_id,
       (SELECT DISTINCT 'yes' FROM {moodle.role_assignments} AS assignment
        JOIN entstream.link AS person ON person.moodle_id = assignment.userid AND person.kind = 'user'
        WHERE assignment.roleid = object.role_id AND assignment.contextid = object.context_id
          AND assignment.component = {component} AND person.uuid = {uuid} AND person.source = {source}) AS is_assigned,
       (SELECT 'another component''s assignment waits for approval' FROM entstream.role_candidate AS candidate
        WHERE candidate.uuid = {uuid} AND candidate.role_id = object.role_id
          AND candidate.context_id = object.context_id AND candidate.source = {source}) AS asks,
       (SELECT problem FROM entstream.unmapped
        WHERE unmapped.uuid = membership.parent_uuid AND kind = 'role' AND unmapped.source = {source}) AS waits
FROM (SELECT DISTINCT parent_uuid FROM entstream.membership
      WHERE member_uuid = {uuid} AND parent_kind = 'role' AND source = {source}) AS membership
LEFT JOIN entstream.role_object AS object ON object.uuid = membership.parent_uuid AND object.source = {source}
ORDER BY object.role, object.level, object.identifier, membership.parent_uuid
