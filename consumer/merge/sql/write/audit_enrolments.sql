-- Enrolments of this transaction, with the course and its instance of the method as fields: one person may get several.
WITH done AS MATERIALIZED (
    SELECT nextval(pg_get_serial_sequence('entstream.audit', 'id')) AS id, *
    FROM enrolment_plan
), audited AS (
    INSERT INTO entstream.audit (id, source, first_offset, next_offset, entity, action, objects, uuid, moodle_id)
    OVERRIDING SYSTEM VALUE
    SELECT id, {source}, {first_offset}, {next_offset}, 'enrolment', action, 1, user_uuid, user_id
    FROM done
)
INSERT INTO entstream.audit_field (audit_id, field, before, after)
SELECT done.id, field.name, CASE WHEN done.action = 'suspended' THEN field.value END,
       CASE WHEN done.action <> 'suspended' THEN field.value END
FROM done
CROSS JOIN LATERAL (VALUES ('enrol_id', done.enrol_id::text), ('course_id', done.course_id::text)) AS field (name, value)
