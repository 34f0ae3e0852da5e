-- The key of the first held removal after {after} that somebody has decided about ({chosen}): the database refuses it. Reads
-- only.
SELECT format('%L::uuid, %L, %L::uuid, %s, %s', uuid, entity, parent, role_id, context_id)
FROM entstream.held
WHERE source = {source} AND {chosen} AND (uuid, entity, parent, role_id, context_id) > ({after})
ORDER BY uuid, entity, parent, role_id, context_id
LIMIT 1
