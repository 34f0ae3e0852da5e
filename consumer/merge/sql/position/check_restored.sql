-- Positions that Moodle's note (mdl_config_plugins) and entstream.position do not agree about: one of the two was
-- restored from a backup without the other. Reads only.
WITH note AS (
    SELECT substr(entry.key, length({target}) + 2) AS source, entry.value AS position
    FROM {moodle.config_plugins} AS row, jsonb_each_text(row.value::jsonb) AS entry
    WHERE row.plugin = 'local_entstream' AND row.name = 'position' AND starts_with(entry.key, {target} || '/')
)
SELECT coalesce(ours.source, note.source) AS source,
       coalesce(ours.log_id || ':' || ours.next_offset, 'nothing') AS ours,
       coalesce(note.position, 'nothing') AS noted
FROM (SELECT source, log_id, next_offset
      FROM entstream.position
      WHERE target = {target} AND log_id <> '') AS ours
FULL JOIN note ON note.source = ours.source
WHERE ours.log_id || ':' || ours.next_offset IS DISTINCT FROM note.position
ORDER BY 1
