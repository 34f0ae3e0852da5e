-- What stage/update_only.sql takes out of the stage, in the order of the log: for traces.
SELECT *
FROM (SELECT 'user' AS entity, 'unchanged' AS action, delta.uuid::text AS uuid, NULL AS parent, delta.username AS subject,
             NULL AS moodle_id, NULL AS changes,
             CASE WHEN delta.present THEN '--update-only: there is no account for it, and none is made'
                  ELSE '--update-only: has left, and nobody is suspended' END AS reason,
             delta.version, NULL::bigint AS role_id, NULL::bigint AS context_id
      FROM user_delta AS delta
      WHERE NOT delta.present
         OR NOT EXISTS (SELECT FROM entstream.link WHERE uuid = delta.uuid AND kind = 'user' AND source = {source})
      UNION ALL
      SELECT 'cohort', 'unchanged', delta.uuid::text, NULL, delta.idnumber, NULL, NULL,
             CASE WHEN delta.present THEN '--update-only: there is no cohort for it, and none is made'
                  ELSE '--update-only: has left, and no cohort is released' END,
             delta.version, NULL, NULL
      FROM cohort_delta AS delta
      WHERE NOT delta.present
         OR NOT EXISTS (SELECT FROM entstream.link WHERE uuid = delta.uuid AND kind = 'cohort' AND source = {source})
      UNION ALL
      SELECT 'role', 'unchanged', delta.uuid::text, NULL, nullif(delta.role, ''), NULL, NULL,
             '--update-only: role assignments stay as they are', delta.version, NULL, NULL
      FROM role_delta AS delta
      WHERE NOT delta.present
         OR NOT EXISTS (SELECT FROM entstream.role_object WHERE uuid = delta.uuid AND source = {source})) AS decision
ORDER BY version, entity, uuid
