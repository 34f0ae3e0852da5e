-- Sweep: the role objects between {after} and {last}, in the order of their UUIDs, with the role and context that they
-- were found to name.
CREATE TEMP TABLE role_work ON COMMIT DROP AS
SELECT uuid, version, true AS present, role, level, context_key, identifier, role_id, context_id
FROM entstream.role_object
WHERE source = {source} AND uuid > {after} AND uuid <= {last};

ANALYZE role_work (uuid)
