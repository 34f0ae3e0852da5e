-- A replay has ended, somehow.
UPDATE entstream.run
SET ended_at = clock_timestamp(), records = {records}, totals = {totals}, outcome = {outcome}
WHERE id = {id}
