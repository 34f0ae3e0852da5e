-- Who serves this Moodle and lives, as far as he has said so lately. Reads only.
SELECT owner
FROM entstream.lease
WHERE token <> '' AND renewed_at > clock_timestamp() - interval '{lease_seconds} s'
