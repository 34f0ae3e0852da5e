-- Sweep: from the role objects between {after} and {last}, in the order of their UUIDs, to role_plan.
INSERT INTO role_plan
SELECT uuid, version, true, role, level, context_key, identifier, role_id, context_id
FROM entstream.role_object
WHERE source = {source} AND uuid > {after} AND uuid <= {last};

ANALYZE role_plan (uuid)
