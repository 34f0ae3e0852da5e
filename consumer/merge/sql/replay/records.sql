-- Which record of the log says so, of objects of a saved plan ({objects}: JSON, with their place in the question), and why, in the
-- words of plan/decisions.sql. version is NULL where none was applied so far. parent: of a role assignment, the role object that
-- gives it, of an enrolment, one that gives a role there. Reads only.
SELECT asked.place,
       CASE
           WHEN asked.entity = 'member' THEN listed.version
           WHEN asked.entity IN ('role_assignment', 'enrolment') THEN given.version
           ELSE link.version
       END AS version,
       given.parent::text AS parent,
       CASE
           WHEN asked.entity = 'member' AND asked.action = 'removed' THEN 'the group does not name him'
           WHEN asked.entity = 'member' THEN 'the group names him'
           WHEN asked.entity = 'role_assignment' AND asked.action = 'removed' THEN 'no role object gives it'
           WHEN asked.entity = 'role_assignment' THEN 'a role object gives it'
           WHEN asked.entity = 'enrolment' AND asked.action = 'suspended' THEN 'no role in the course is left'
           WHEN asked.entity = 'enrolment' THEN 'a role object gives a role in the course'
           ELSE ''
       END AS reason
FROM jsonb_to_recordset({objects}::jsonb)
    AS asked (place bigint, entity text, action text, uuid uuid, parent uuid, role_id bigint, context_id bigint)
LEFT JOIN LATERAL (SELECT version
                   FROM entstream.link
                   WHERE uuid = asked.uuid AND kind = asked.entity AND source = {source}
                   LIMIT 1) AS link ON true
LEFT JOIN LATERAL (SELECT max(version) AS version
                   FROM entstream.membership
                   WHERE member_uuid = asked.uuid AND parent_uuid = asked.parent AND parent_kind = 'group'
                     AND source = {source}) AS listed ON true
LEFT JOIN LATERAL (SELECT member.version, member.parent_uuid AS parent
                   FROM entstream.membership AS member
                   JOIN entstream.role_object AS object
                       ON object.uuid = member.parent_uuid AND object.source = {source}
                          AND (asked.role_id IS NULL OR object.role_id = asked.role_id)
                          AND object.context_id = asked.context_id
                   WHERE member.member_uuid = asked.uuid AND member.parent_kind = 'role' AND member.source = {source}
                   ORDER BY member.version DESC
                   LIMIT 1) AS given ON true
ORDER BY asked.place
