-- From role_work to entstream.role_object, with the ids of role and context where Moodle has them and allows the role
-- at that level. Identifiers other than ids are not unique in the database: one that names several objects names none.
DELETE FROM entstream.role_object AS known
USING role_work AS work
WHERE known.source = {source} AND known.uuid = work.uuid AND NOT work.present;

INSERT INTO entstream.role_object (source, uuid, role, level, context_key, identifier, role_id, context_id, version)
SELECT {source}, work.uuid, work.role, work.level, work.context_key, work.identifier, role.id, context.id, work.version
FROM (SELECT *, CASE WHEN context_key = 'id' AND identifier ~ '^[0-9]{1,18}$' THEN identifier::bigint END AS number
      FROM role_work
      WHERE present) AS work
LEFT JOIN ({moodle.role} AS role JOIN {moodle.role_context_levels} AS allowed ON allowed.roleid = role.id)
    ON role.shortname = work.role AND allowed.contextlevel = work.level
LEFT JOIN LATERAL (
    SELECT min(id) AS id
    FROM (SELECT 0::bigint AS id WHERE work.level = 10
          UNION ALL
          SELECT id FROM {moodle.user}
          WHERE work.level = 30 AND work.context_key = 'username'
            AND mnethostid = {mnet_host} AND username = work.identifier AND deleted = 0
          UNION ALL
          SELECT id FROM {moodle.user}
          WHERE work.level = 30 AND work.context_key = 'idnumber' AND work.identifier <> ''
            AND idnumber = work.identifier AND deleted = 0
          UNION ALL
          SELECT id FROM {moodle.course_categories}
          WHERE work.level = 40 AND work.context_key = 'idnumber' AND work.identifier <> ''
            AND idnumber = work.identifier
          UNION ALL
          SELECT id FROM {moodle.course}
          WHERE work.level = 50 AND work.context_key = 'idnumber' AND work.identifier <> ''
            AND idnumber = work.identifier
          UNION ALL
          SELECT id FROM {moodle.course}
          WHERE work.level = 50 AND work.context_key = 'shortname' AND shortname = work.identifier
          UNION ALL
          SELECT id FROM {moodle.course_modules}
          WHERE work.level = 70 AND work.context_key = 'idnumber' AND work.identifier <> ''
            AND idnumber = work.identifier
          UNION ALL
          SELECT work.number WHERE work.level > 10 AND work.number IS NOT NULL) AS candidate
    HAVING count(*) = 1
) AS instance ON true
LEFT JOIN {moodle.context} AS context ON context.contextlevel = work.level AND context.instanceid = instance.id
ON CONFLICT (uuid, source) DO UPDATE
SET role = excluded.role, level = excluded.level, context_key = excluded.context_key, identifier = excluded.identifier,
    role_id = excluded.role_id, context_id = excluded.context_id, version = excluded.version;

INSERT INTO role_triple (role_id, context_id, user_id)
SELECT known.role_id, known.context_id, account.moodle_id
FROM role_work AS work
CROSS JOIN LATERAL (SELECT role_id, context_id
                    FROM entstream.role_object
                    WHERE uuid = work.uuid AND source = {source}
                      AND role_id IS NOT NULL AND context_id IS NOT NULL
                    LIMIT 1) AS known
CROSS JOIN LATERAL (SELECT member_uuid
                    FROM entstream.membership
                    WHERE parent_uuid = work.uuid AND parent_kind = 'role' AND source = {source}
                    OFFSET 0) AS membership
CROSS JOIN LATERAL (SELECT moodle_id
                    FROM entstream.link
                    WHERE uuid = membership.member_uuid AND kind = 'user' AND source = {source}
                    LIMIT 1) AS account;

SELECT 'parked', count(*)
FROM role_work AS work
JOIN entstream.role_object AS known ON known.source = {source} AND known.uuid = work.uuid
WHERE work.present AND (known.role_id IS NULL OR known.context_id IS NULL)
