-- What this transaction did: a row per object, and what changed of it. Reads the plan that was written.
WITH audited AS (
    INSERT INTO entstream.audit (source, first_offset, next_offset, entity, action, objects, uuid, parent, moodle_id)
    SELECT {source}, {first_offset}, {next_offset}, entity, action, 1, uuid, parent, moodle_id
    FROM (SELECT 'user' AS entity, action, uuid, NULL::uuid AS parent, user_id AS moodle_id
          FROM user_change
          UNION ALL
          SELECT 'user', 'created', plan.uuid, NULL, new.user_id
          FROM user_new AS new
          JOIN user_plan AS plan ON plan.user_id = new.planned_id
          UNION ALL
          SELECT 'cohort', action, uuid, NULL, cohort_id
          FROM cohort_change
          UNION ALL
          SELECT 'cohort', 'created', plan.uuid, NULL, new.cohort_id
          FROM cohort_new AS new
          JOIN cohort_plan AS plan ON plan.cohort_id = new.planned_id
          UNION ALL
          SELECT 'member', CASE WHEN wanted THEN 'created' ELSE 'removed' END, user_uuid, cohort_uuid,
                 coalesce(new.cohort_id, pair.cohort_id)
          FROM cohort_pair AS pair
          LEFT JOIN cohort_new AS new ON new.planned_id = pair.cohort_id) AS done
    RETURNING id, entity, uuid
)
INSERT INTO entstream.audit_field (audit_id, field, before, after)
SELECT audited.id, field.key, field.value ->> 0, field.value ->> 1
FROM audited
JOIN (SELECT 'user' AS entity, uuid, changes FROM user_change
      UNION ALL
      SELECT 'cohort', uuid, changes FROM cohort_change) AS change
    ON change.entity = audited.entity AND change.uuid = audited.uuid
CROSS JOIN LATERAL jsonb_each(change.changes) AS field;

-- Custom profile fields, beside what changed of the account itself.
WITH done AS MATERIALIZED (
    SELECT nextval(pg_get_serial_sequence('entstream.audit', 'id')) AS id, uuid, user_id
    FROM (SELECT DISTINCT uuid, user_id FROM profile_plan WHERE data IS NOT NULL AND user_id IS NOT NULL) AS people
), audited AS (
    INSERT INTO entstream.audit (id, source, first_offset, next_offset, entity, action, objects, uuid, moodle_id)
    OVERRIDING SYSTEM VALUE
    SELECT id, {source}, {first_offset}, {next_offset}, 'user', 'updated', 1, uuid, user_id
    FROM done
)
INSERT INTO entstream.audit_field (audit_id, field, before, after)
SELECT done.id, 'profile.' || plan.field, plan.former, plan.data
FROM done
JOIN profile_plan AS plan ON plan.uuid = done.uuid
WHERE plan.data IS NOT NULL;

-- Role assignments, with the role and the context as fields: one person may get several.
WITH done AS MATERIALIZED (
    SELECT nextval(pg_get_serial_sequence('entstream.audit', 'id')) AS id, *
    FROM role_want
), audited AS (
    INSERT INTO entstream.audit (id, source, first_offset, next_offset, entity, action, objects, uuid, moodle_id)
    OVERRIDING SYSTEM VALUE
    SELECT id, {source}, {first_offset}, {next_offset}, 'role_assignment',
           CASE WHEN adopts IS NOT NULL THEN 'adopted' WHEN wanted THEN 'created' ELSE 'removed' END, 1, user_uuid, user_id
    FROM done
)
INSERT INTO entstream.audit_field (audit_id, field, before, after)
SELECT done.id, field.name, CASE WHEN NOT done.wanted THEN field.value END, CASE WHEN done.wanted THEN field.value END
FROM done
CROSS JOIN LATERAL (VALUES ('role_id', done.role_id::text), ('context_id', done.context_id::text)) AS field (name, value)
