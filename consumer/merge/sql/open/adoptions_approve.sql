-- What an administrator lets adopt the accounts and cohorts that were found: the next sweep looks again, and gives them, where
-- the same one is found.
UPDATE entstream.parked
SET approved = candidate
WHERE source = {source} AND candidate IS NOT NULL AND approved IS DISTINCT FROM candidate
  AND reason LIKE '%: waits for approval' AND ({entry} IS NULL OR uuid = {entry})
