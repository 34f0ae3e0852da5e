-- Sweep: the database refuses what the user or cohort {last} wants, not for the name. He goes on waiting, and is tried
-- again when a newer record comes and when the consumer starts anew.
UPDATE entstream.parked
SET reason = {reason}, refused = true
WHERE uuid = {last} AND kind = '{kind}' AND source = {source}
