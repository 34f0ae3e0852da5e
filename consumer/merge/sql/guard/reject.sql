-- Rejected: the objects stay until their next change ({chosen}).
DELETE FROM entstream.held WHERE source = {source} AND {chosen}
