-- The next records that the database refused, in the order of their keys. Reads only.
SELECT key, value, version, reason
FROM entstream.refused
WHERE source = {source} AND key > {after}
ORDER BY key
LIMIT {portion}
