-- Who serves this Moodle, and whether he lives: his session is there (where he has one of his own: no pooler between), and
-- he has said so lately, by the database's clock. Holds the row until the end of the transaction.
INSERT INTO entstream.lease DEFAULT VALUES
ON CONFLICT (only_one) DO NOTHING;

SELECT token = {token} AS ours, owner, target, sources,
       greatest(0, extract(epoch FROM clock_timestamp() - renewed_at))::bigint AS silent_seconds,
       token <> '' AND renewed_at > clock_timestamp() - interval '{lease_seconds} s'
           AND (backend IS NULL
                OR EXISTS (SELECT
                           FROM pg_catalog.pg_stat_activity AS session
                           WHERE session.pid = backend
                             AND coalesce(session.backend_start, lease.backend_start) = lease.backend_start)) AS lives
FROM entstream.lease AS lease
FOR UPDATE
