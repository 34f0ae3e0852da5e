-- Sweep: role objects whose role or context Moodle lacked, or lacks by now, are resolved again.
CREATE TEMP TABLE role_work ON COMMIT DROP AS
SELECT known.uuid, known.version, true AS present, known.role, known.level, known.context_key, known.identifier
FROM entstream.role_object AS known
LEFT JOIN LATERAL (SELECT true AS found FROM {moodle.role} WHERE id = known.role_id LIMIT 1) AS role ON true
LEFT JOIN LATERAL (SELECT true AS found FROM {moodle.context} WHERE id = known.context_id LIMIT 1) AS context ON true
WHERE known.source = {source} AND (role.found IS NULL OR context.found IS NULL);

ANALYZE role_work (uuid)
