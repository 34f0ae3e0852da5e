-- Whom an administrator lets have the accounts that were found for them: the next sweep looks again, and gives them, where
-- the same account is found.
UPDATE entstream.parked
SET approved = candidate
WHERE kind = 'user' AND source = {source} AND candidate IS NOT NULL AND approved IS DISTINCT FROM candidate
  AND reason LIKE '%: waits for approval' AND ({person} IS NULL OR uuid = {person})
