-- A record that the database refuses waits for the sweep.
INSERT INTO entstream.refused (source, key, value, version, reason)
VALUES ({source}, {key}, {value}, {version}, {reason})
ON CONFLICT (source, key) DO UPDATE
SET value = excluded.value, version = excluded.version, reason = excluded.reason, since = excluded.since
