-- From role_plan to role_place: the role and the context that each role object names, where Moodle has them, or gets them
-- by this batch, and allows the role at that level. Identifiers other than ids are not unique in the database: one that
-- names several objects names none. The idnumber of categories has no index, so they are looked at once, where one is
-- named.
INSERT INTO role_place
WITH category AS MATERIALIZED (
    SELECT idnumber, array_agg(id) AS ids
    FROM {moodle.course_categories}
    WHERE idnumber <> ''
      AND (SELECT EXISTS (SELECT FROM role_plan WHERE present AND level = 40 AND context_key = 'idnumber'))
    GROUP BY idnumber
)
SELECT plan.uuid, role.id AS role_id, context.id AS context_id
FROM (SELECT *, CASE WHEN context_key = 'id' AND identifier ~ '^[0-9]{1,18}$' THEN identifier::bigint END AS number
      FROM role_plan
      WHERE present) AS plan
LEFT JOIN ({moodle.role} AS role JOIN {moodle.role_context_levels} AS allowed ON allowed.roleid = role.id)
    ON role.shortname = plan.role AND allowed.contextlevel = plan.level
LEFT JOIN category
    ON plan.level = 40 AND plan.context_key = 'idnumber' AND category.idnumber = plan.identifier
LEFT JOIN LATERAL (
    SELECT min(id) AS id
    FROM (SELECT 0::bigint AS id WHERE plan.level = 10
          UNION ALL
          SELECT id FROM {moodle.user} AS account
          WHERE plan.level = 30 AND plan.context_key = 'username'
            AND mnethostid = {mnet_host} AND username = plan.identifier AND deleted = 0
            AND NOT EXISTS (SELECT FROM user_change AS change
                            WHERE change.user_id = account.id AND change.username <> plan.identifier)
            AND NOT EXISTS (SELECT FROM user_claim AS claim WHERE claim.holder_id = account.id)
          UNION ALL
          SELECT id FROM {moodle.user} AS account
          WHERE plan.level = 30 AND plan.context_key = 'idnumber' AND plan.identifier <> ''
            AND idnumber = plan.identifier AND deleted = 0
            AND NOT EXISTS (SELECT FROM user_change AS change
                            WHERE change.user_id = account.id AND change.idnumber <> plan.identifier)
          UNION ALL
          SELECT user_id FROM user_plan AS planned
          WHERE plan.level = 30 AND plan.context_key = 'username' AND planned.username = plan.identifier
            AND (planned.user_id < 0
                 OR EXISTS (SELECT FROM user_claim AS claim WHERE claim.user_id = planned.user_id))
          UNION ALL
          SELECT user_id FROM user_plan AS planned
          WHERE plan.level = 30 AND plan.context_key = 'idnumber' AND plan.identifier <> ''
            AND planned.idnumber = plan.identifier
            AND (planned.user_id < 0
                 OR EXISTS (SELECT FROM user_change AS change
                            WHERE change.user_id = planned.user_id AND change.changes ? 'idnumber'))
          UNION ALL
          SELECT unnest(category.ids)
          UNION ALL
          SELECT id FROM {moodle.course}
          WHERE plan.level = 50 AND plan.context_key = 'idnumber' AND plan.identifier <> ''
            AND idnumber = plan.identifier
          UNION ALL
          SELECT id FROM {moodle.course}
          WHERE plan.level = 50 AND plan.context_key = 'shortname' AND shortname = plan.identifier
          UNION ALL
          SELECT id FROM {moodle.course_modules}
          WHERE plan.level = 70 AND plan.context_key = 'idnumber' AND plan.identifier <> ''
            AND idnumber = plan.identifier
          UNION ALL
          SELECT plan.number WHERE plan.level > 10 AND plan.number IS NOT NULL) AS candidate
    HAVING count(*) = 1
) AS instance ON true
LEFT JOIN LATERAL (SELECT id
                   FROM {moodle.context}
                   WHERE contextlevel = plan.level AND instanceid = instance.id
                   UNION ALL
                   SELECT instance.id
                   WHERE instance.id < 0
                   LIMIT 1) AS context ON true;

ANALYZE role_place (uuid)
