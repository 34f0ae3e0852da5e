-- This process serves the Moodle from now on. A session that a pooler lends us for a transaction says nothing of our life.
UPDATE entstream.lease
SET token = {token}, owner = {owner}, target = {target}, sources = {sources},
    backend = session.pid, backend_start = session.backend_start, renewed_at = clock_timestamp()
FROM (SELECT 1) AS one
LEFT JOIN pg_catalog.pg_stat_activity AS session
    ON session.pid = pg_backend_pid() AND session.pid = {session}
