-- The role objects that give a role in a context. Reads only.
SELECT source, uuid, version
FROM entstream.role_object
WHERE role = {role} AND level = {level} AND context_key = {key} AND identifier = {identifier} AND source = ANY ({sources})
ORDER BY uuid
LIMIT 10
