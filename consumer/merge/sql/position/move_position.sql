-- First statement of every batch: moves the position, if it stands where the batch begins, we still own the source and no
-- other process serves this Moodle by now. No row comes back otherwise. The row locks are held until COMMIT: owners of
-- one Moodle take turns.
-- Moodle's own table gets a note of the position, so that a database restored in part is noticed.
-- A rebuild (position/begin_rebuild.sql) is over when the watermark has reached the moment it began: until then the
-- log has not said everything yet.
-- The same statement reads what the batch has to know of the site.
WITH lease AS (
    UPDATE entstream.lease
    SET renewed_at = clock_timestamp()
    WHERE token = {token}
    RETURNING token
), moved AS (
    UPDATE entstream.position
    SET log_id = {log_id},
        next_offset = {next_offset},
        last_sequence = greatest(last_sequence, {last_sequence}),
        watermark = greatest(watermark, {watermark}),
        rebuild_begun_at = CASE WHEN greatest(watermark, {watermark}) >= rebuild_begun_at THEN NULL
                                ELSE rebuild_begun_at END,
        updated_at = clock_timestamp()
    WHERE target = {target}
      AND source = {source}
      AND owner_epoch = {owner_epoch}
      AND next_offset = {first_offset}
      AND log_id IN ('', {log_id})
      AND EXISTS (SELECT FROM lease)
    RETURNING watermark, rebuild_begun_at
), noted AS (
    INSERT INTO {moodle.config_plugins} AS note (plugin, name, value)
    SELECT 'local_entstream', 'position',
           jsonb_build_object({target} || '/' || {source}, {log_id} || ':' || {next_offset})::text
    FROM moved
    ON CONFLICT (plugin, name) DO UPDATE SET value = (note.value::jsonb || excluded.value::jsonb)::text
)
SELECT {site}
       moved.rebuild_begun_at IS NULL AND moved.watermark IS DISTINCT FROM before.watermark
           AND EXISTS (SELECT FROM entstream.link WHERE source = {source} AND status = 'returning') AS completes_returning,
       moved.rebuild_begun_at IS NULL AND before.rebuild_begun_at IS NOT NULL AS completes_rebuild,
       before.log_id = '' AS begins_log
FROM moved
JOIN entstream.position AS before ON before.target = {target} AND before.source = {source}
