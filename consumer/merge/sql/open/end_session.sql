-- Ends the session that this process had before its connection broke. The server may not know that nobody is there any
-- more: amid a COPY it waits, with all locks, until statement_timeout.
SELECT pg_catalog.pg_terminate_backend(pid)
FROM pg_catalog.pg_stat_activity
WHERE pid = {backend} AND backend_start = {backend_start}::timestamptz AND pid <> pg_backend_pid()
