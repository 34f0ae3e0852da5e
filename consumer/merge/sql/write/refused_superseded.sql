-- Newer records of the same keys supersede what waits in entstream.refused; so does the DELETE of a group or role object for
-- its members.
DELETE FROM entstream.refused
USING unnest({keys}, {versions}) AS newer (key, version)
WHERE refused.source = {source} AND refused.key = newer.key AND refused.version < newer.version;

DELETE FROM entstream.refused
USING unnest({parents}, {parent_versions}) AS gone (parent, version)
WHERE refused.source = {source} AND starts_with(refused.key, 'member/' || gone.parent || '/')
  AND refused.version < gone.version
