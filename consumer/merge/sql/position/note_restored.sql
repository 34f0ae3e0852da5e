-- When the database was found to be restored from a backup, in seconds since 1970.
INSERT INTO entstream.property (name, value)
VALUES ('restored/' || {target} || '/' || {source}, extract(epoch FROM clock_timestamp())::text)
ON CONFLICT (name) DO UPDATE SET value = excluded.value
