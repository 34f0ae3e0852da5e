-- What entstream knows of an entry. Reads only.
SELECT kind, source, moodle_id, version
FROM entstream.link
WHERE uuid = {uuid} AND source = ANY ({sources})
UNION ALL
SELECT 'role', source, 0, version
FROM entstream.role_object
WHERE uuid = {uuid} AND source = ANY ({sources})
