-- The process ends: the next one need not wait until its lease is old.
UPDATE entstream.lease
SET token = '', renewed_at = 'epoch'
WHERE token = {token}
