-- From role_delta: which role objects are new enough.
CREATE TEMP TABLE role_work ON COMMIT DROP AS
SELECT delta.*
FROM role_delta AS delta
LEFT JOIN LATERAL (SELECT version
                   FROM entstream.role_object
                   WHERE uuid = delta.uuid AND source = {source}
                   LIMIT 1) AS known ON true
WHERE known.version IS NULL AND delta.present OR known.version < delta.version;

ANALYZE role_work (uuid)
