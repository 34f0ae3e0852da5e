-- What an administrator lets us have of role assignments that wait: the next sweep adopts them, where they are still wanted.
UPDATE entstream.role_candidate
SET approved = candidate
WHERE source = {source} AND approved IS DISTINCT FROM candidate AND ({entry} IS NULL OR uuid = {entry})
