-- The plan, object by object, for those who read it before it is written. assigned_name: plan/assigned_name.sql, and
-- enrolment_name: plan/enrolment_name.sql, or NULL where nobody reads it.
SELECT 'user' AS entity,
       CASE WHEN plan.gone THEN 'gone' WHEN plan.protected THEN 'spared' ELSE 'created' END AS action,
       plan.uuid::text AS uuid, NULL AS parent, plan.username AS subject, plan.user_id AS moodle_id, NULL AS changes,
       NULL AS reason, 1 AS place, NULL::bigint AS role_id, NULL::bigint AS context_id
FROM user_plan AS plan
WHERE plan.user_id < 0 OR plan.gone OR plan.protected
UNION ALL
SELECT 'user', change.action, change.uuid::text, NULL, coalesce(change.username, plan.current_name), change.user_id,
       change.changes::text, NULL, 1, NULL, NULL
FROM user_change AS change
JOIN user_plan AS plan ON plan.uuid = change.uuid
UNION ALL
SELECT 'user', 'updated', uuid::text, NULL, NULL, user_id,
       jsonb_object_agg('profile.' || field, jsonb_build_array(former, data))::text, NULL, 1, NULL, NULL
FROM profile_plan
WHERE data IS NOT NULL AND user_id > 0
GROUP BY uuid, user_id
UNION ALL
SELECT 'user', 'parked', uuid::text, NULL, NULL, user_id, NULL, 'profile.' || field || ': ' || waits, 1, NULL, NULL
FROM profile_plan
WHERE waits IS NOT NULL AND NOT known
UNION ALL
SELECT 'cohort', CASE WHEN gone THEN 'gone' ELSE 'created' END, uuid::text, NULL, idnumber, cohort_id, NULL, NULL, 2, NULL,
       NULL
FROM cohort_plan
WHERE cohort_id < 0 OR gone
UNION ALL
SELECT 'cohort', change.action, change.uuid::text, NULL, change.idnumber, change.cohort_id, change.changes::text, NULL, 2,
       NULL, NULL
FROM cohort_change AS change
UNION ALL
SELECT 'cohort', 'parked', plan.uuid::text, NULL, plan.idnumber, plan.cohort_id, NULL,
       'Moodle has no course category of the ID number ' || quote_literal(place.category)
       || ', or several: the cohort stays where it is', 2, NULL, NULL
FROM cohort_place AS place
JOIN cohort_plan AS plan ON plan.uuid = place.uuid AND plan.present AND NOT plan.gone
WHERE place.context_id IS NULL
UNION ALL
SELECT kind, 'parked', uuid::text, NULL, wanted, NULL, NULL, reason, CASE kind WHEN 'user' THEN 1 ELSE 2 END, NULL,
       NULL
FROM park_plan
UNION ALL
SELECT kind, 'parked', uuid::text, NULL, NULL, NULL, NULL, problem,
       CASE kind WHEN 'user' THEN 1 WHEN 'cohort' THEN 2 ELSE 3 END, NULL, NULL
FROM unmapped_plan
WHERE problem IS DISTINCT FROM former AND problem IS NOT NULL
UNION ALL
SELECT 'role', 'parked', place.uuid::text, NULL, plan.role, NULL, NULL, 'Moodle lacks its role or context', 3, NULL, NULL
FROM role_place AS place
JOIN role_plan AS plan ON plan.uuid = place.uuid
WHERE place.role_id IS NULL OR place.context_id IS NULL
UNION ALL
SELECT 'member', CASE WHEN wanted THEN 'created' ELSE 'removed' END, user_uuid::text, cohort_uuid::text, NULL, cohort_id,
       NULL, NULL, 4, NULL, NULL
FROM cohort_pair
UNION ALL
-- Members of adopted cohorts whom no group names so far.
SELECT 'member', 'kept', NULL, plan.uuid::text, NULL, plan.cohort_id, NULL, NULL, 4, NULL, NULL
FROM cohort_plan AS plan
JOIN {moodle.cohort_members} AS member ON member.cohortid = plan.cohort_id
WHERE plan.adopted
  AND NOT EXISTS (SELECT
                  FROM {pairs} AS pair
                  JOIN account_now AS account ON account.uuid = pair.member
                  WHERE pair.parent = plan.uuid AND pair.parent_kind = 'group'
                    AND account.user_id = member.userid)
UNION ALL
SELECT 'role_assignment', assigned.action, assigned.uuid::text, NULL,
       {assigned_name} || coalesce(planned.username, ''), assigned.user_id, NULL,
       assigned.reason, 5, assigned.role_id, assigned.context_id
FROM (SELECT CASE WHEN adopts IS NOT NULL THEN 'adopted' WHEN wanted THEN 'created' ELSE 'removed' END AS action,
             user_uuid AS uuid, user_id, NULL AS reason, role_id, context_id
      FROM role_want
      UNION ALL
      SELECT 'parked', user_uuid, user_id, 'another component''s assignment waits for approval', role_id, context_id
      FROM role_wait
      WHERE NOT known
      UNION ALL
      SELECT 'held', uuid, moodle_id, cause, role_id, context_id
      FROM held_plan
      WHERE entity = 'role_assignment') AS assigned
LEFT JOIN user_plan AS planned ON planned.user_id = assigned.context_id AND assigned.context_id < 0
UNION ALL
SELECT 'enrolment', plan.action, plan.user_uuid::text, NULL, {enrolment_name}, plan.user_id, NULL, NULL, 6, NULL,
       plan.context_id
FROM enrolment_plan AS plan
UNION ALL
SELECT entity, 'held', uuid::text, nullif(parent, '00000000-0000-0000-0000-000000000000')::text, NULL, moodle_id, NULL, cause,
       CASE entity WHEN 'user' THEN 1 WHEN 'cohort' THEN 2 ELSE 4 END, NULL, NULL
FROM held_plan
WHERE entity <> 'role_assignment'
ORDER BY place, action, uuid, parent
