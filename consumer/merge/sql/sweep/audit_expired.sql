-- Sweep: rows of the audit that are older than {audit_retention}, a portion at a time.
DELETE FROM entstream.audit
WHERE id IN (SELECT id
             FROM entstream.audit
             WHERE applied_at < now() - {audit_retention}
             ORDER BY applied_at
             LIMIT {portion})
