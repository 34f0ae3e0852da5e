-- From role_delta to role_plan: which role objects are new enough.
INSERT INTO role_plan
SELECT delta.uuid, delta.version, delta.present, delta.role, delta.level, delta.context_key, delta.identifier,
       known.role_id, known.context_id
FROM role_delta AS delta
LEFT JOIN LATERAL (SELECT version, role_id, context_id
                   FROM entstream.role_object
                   WHERE uuid = delta.uuid AND source = {source}
                   {at_most_one}) AS known ON true
WHERE known.version IS NULL AND delta.present OR known.version < delta.version + {again};

ANALYZE role_plan (uuid)
