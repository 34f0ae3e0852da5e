-- The role and the context that each role object in role_work names, where Moodle has them and allows the role at that
-- level. Identifiers other than ids are not unique in the database: one that names several objects names none.
-- Reads Moodle; the idnumber of categories has no index, so they are looked at once.
CREATE TEMP TABLE role_place ON COMMIT DROP AS
WITH category AS MATERIALIZED (
    SELECT idnumber, array_agg(id) AS ids
    FROM {moodle.course_categories}
    WHERE idnumber <> ''
    GROUP BY idnumber
)
SELECT work.uuid, role.id AS role_id, context.id AS context_id
FROM (SELECT *, CASE WHEN context_key = 'id' AND identifier ~ '^[0-9]{1,18}$' THEN identifier::bigint END AS number
      FROM role_work
      WHERE present) AS work
LEFT JOIN ({moodle.role} AS role JOIN {moodle.role_context_levels} AS allowed ON allowed.roleid = role.id)
    ON role.shortname = work.role AND allowed.contextlevel = work.level
LEFT JOIN category
    ON work.level = 40 AND work.context_key = 'idnumber' AND category.idnumber = work.identifier
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
          SELECT unnest(category.ids)
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
LEFT JOIN LATERAL (SELECT id
                   FROM {moodle.context}
                   WHERE contextlevel = work.level AND instanceid = instance.id
                   LIMIT 1) AS context ON true;

ANALYZE role_place (uuid)
