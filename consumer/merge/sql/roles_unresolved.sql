-- Sweep: role objects whose role or context Moodle lacked, or lacks by now, are resolved again.
CREATE TEMP TABLE role_work ON COMMIT DROP AS
SELECT known.uuid, known.version, true AS present, known.role, known.level, known.context_key, known.identifier
FROM entstream.role_object AS known
WHERE known.source = {source}
  AND (known.role_id IS NULL OR known.context_id IS NULL
       OR NOT EXISTS (SELECT FROM {moodle.role} AS role WHERE role.id = known.role_id)
       OR NOT EXISTS (SELECT FROM {moodle.context} AS context WHERE context.id = known.context_id))
