-- Sweep: the database refuses what the user or cohort {last} wants, not for the name. He goes on waiting, and every sweep
-- tries again. No row is changed where that is known.
UPDATE entstream.parked
SET reason = {reason}, refused = true
WHERE uuid = {last} AND kind = '{kind}' AND source = {source} AND reason <> {reason}
