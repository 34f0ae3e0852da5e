-- Held removals after {after}, with what Moodle says of the objects. held_name: plan/assigned_name.sql. Reads only.
SELECT held.entity, held.uuid, nullif(held.parent, '00000000-0000-0000-0000-000000000000') AS parent,
       CASE held.entity WHEN 'cohort' THEN NULL ELSE held.moodle_id END AS user_id, account.username,
       account.firstname || ' ' || account.lastname AS name,
       cohort.id AS cohort_id, cohort.idnumber AS cohort, nullif(held.role_id, 0) AS role_id, role.shortname AS role,
       CASE WHEN held.role_id > 0 THEN {held_name} END AS place, nullif(held.context_id, 0) AS context_id, context.contextlevel AS level, context.instanceid AS instance,
       held.version, held.generation, held.cause,
       to_char(held.held_since AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS held_since,
       format('%L::uuid, %L, %L::uuid, %s, %s', held.uuid, held.entity, held.parent, held.role_id, held.context_id) AS key
FROM entstream.held
LEFT JOIN {moodle.user} AS account ON account.id = held.moodle_id AND held.entity <> 'cohort'
LEFT JOIN entstream.link AS parent
    ON parent.uuid = held.parent AND parent.kind = 'cohort' AND parent.source = held.source AND held.entity = 'member'
LEFT JOIN {moodle.cohort} AS cohort
    ON cohort.id = CASE held.entity WHEN 'cohort' THEN held.moodle_id ELSE parent.moodle_id END
LEFT JOIN {moodle.role} AS role ON role.id = held.role_id
LEFT JOIN {moodle.context} AS context ON context.id = held.context_id
WHERE held.source = {source}
  AND (held.uuid, held.entity, held.parent, held.role_id, held.context_id) > ({after})
ORDER BY held.uuid, held.entity, held.parent, held.role_id, held.context_id
LIMIT {portion}
