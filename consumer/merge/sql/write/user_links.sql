-- What entstream remembers of the users who have an account.
INSERT INTO entstream.link AS link (source, kind, uuid, moodle_id, status, suspended, version, adopted, auth)
SELECT {source}, 'user', uuid, user_id, status, suspended_by_us, version, adopted, kept_auth
FROM user_plan
WHERE user_id > 0
ON CONFLICT (uuid, kind, source) DO UPDATE
SET status = excluded.status, suspended = excluded.suspended, version = excluded.version
