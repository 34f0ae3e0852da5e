-- These records are applied.
DELETE FROM entstream.refused
USING unnest({keys}, {versions}) AS done (key, version)
WHERE refused.source = {source} AND refused.key = done.key AND refused.version = done.version
