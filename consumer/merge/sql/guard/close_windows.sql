-- Once nothing of an entity is held any more, its window is over.
DELETE FROM entstream.guard_window AS running
WHERE running.source = {source}
  AND NOT EXISTS (SELECT FROM entstream.held WHERE held.source = {source} AND held.entity = running.entity)
