-- What waits of the records that became dead letters, as a JSON object: keys as on the log, and offsets. Reads only.
SELECT jsonb_build_object(
    'log_id', (SELECT log_id FROM entstream.position WHERE target = {target} AND source = {source}),
    'refused', (SELECT coalesce(jsonb_object_agg(key, version), '{}') FROM entstream.refused WHERE source = {source}),
    'unmapped', (SELECT coalesce(jsonb_agg(CASE kind WHEN 'cohort' THEN 'group' ELSE kind END || '/' || uuid), '[]')
                 FROM entstream.unmapped
                 WHERE source = {source}))
