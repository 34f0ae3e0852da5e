-- Makes the log of {source} be read again from its start, and all of it be newer than what is here: docs/rebuild.md. Accounts,
-- cohorts and what ties them to the directory stay; only the memory of what was applied goes. Repeating it does no harm.

-- Moodle's note of the position.
UPDATE {moodle.config_plugins}
SET value = (value::jsonb - ARRAY(SELECT target || '/' || source FROM entstream.position WHERE source = {source}))::text
WHERE plugin = 'local_entstream' AND name = 'position';

-- A consumer that still runs is fenced by the epoch. The rebuild is over when the watermark has reached this moment.
UPDATE entstream.position
SET owner_epoch = owner_epoch + 1, log_id = '', next_offset = 0, last_sequence = 0,
    rebuild_begun_at = greatest(watermark, clock_timestamp()), watermark = NULL, updated_at = clock_timestamp()
WHERE source = {source};

-- Whatever the log says is newer than what is here.
UPDATE entstream.link SET version = -1 WHERE source = {source};
UPDATE entstream.role_object SET version = -1 WHERE source = {source};
UPDATE entstream.membership SET version = -1 WHERE source = {source};

-- Whoever still waits for a name comes again from the log. What cannot be mapped, is refused, or is to stand in profile fields
-- is found out again, and removals are counted again.
DELETE FROM entstream.parked WHERE source = {source};
DELETE FROM entstream.unmapped WHERE source = {source};
DELETE FROM entstream.refused WHERE source = {source};
DELETE FROM entstream.profile_value WHERE source = {source};
DELETE FROM entstream.cohort_category WHERE source = {source};
DELETE FROM entstream.removals WHERE source = {source};

-- What is held goes on to be, until the log says that it is back, or somebody decides.
UPDATE entstream.held SET version = -1 WHERE source = {source};

-- The mapping and what the source publishes are taken from the next start.
DELETE FROM entstream.property WHERE name IN ('mapping/' || {source}, 'published/' || {source})
