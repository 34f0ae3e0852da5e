-- Makes the consumer read a source's log again from its start and apply all of it: docs/rebuild.md. Not a migration.
-- `entstream-replay apply-config` does what stands between the two lines of dashes. By hand, stop the consumer first, then:
--     psql -v source=rennes -f schemas/entstream/rebuild.sql DATABASE
-- Accounts, cohorts and what ties them to the directory stay; only the memory of what was applied goes. Repeating it
-- does no harm.

\set ON_ERROR_STOP on
\if :{?source}
\else
  \set source ''
\endif

BEGIN;

SELECT set_config('entstream.rebuild_source', :'source', true) AS source \gset rebuilt_

-- ---------------------------------------------------------------- of the source entstream.rebuild_source
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM entstream.position WHERE source = current_setting('entstream.rebuild_source')) THEN
        RAISE EXCEPTION 'entstream.position has no source ''%''', current_setting('entstream.rebuild_source')
            USING HINT = 'name one with -v source=NAME: SELECT source FROM entstream.position';
    END IF;
END
$$;

-- Moodle's note of the position.
DO $$
DECLARE
    moodle text := (SELECT value FROM entstream.property WHERE name = 'moodle');
BEGIN
    EXECUTE format(
        'UPDATE %I.%I SET value = (value::jsonb - ARRAY(SELECT target || ''/'' || source FROM entstream.position '
        'WHERE source = $1))::text WHERE plugin = ''local_entstream'' AND name = ''position''',
        split_part(moodle, '.', 1), split_part(moodle, '.', 2) || 'config_plugins')
    USING current_setting('entstream.rebuild_source');
END
$$;

-- A consumer that still runs is fenced by the epoch. The rebuild is over when the watermark has reached this moment.
UPDATE entstream.position
SET owner_epoch = owner_epoch + 1, log_id = '', next_offset = 0, last_sequence = 0,
    rebuild_begun_at = greatest(watermark, clock_timestamp()), watermark = NULL, updated_at = clock_timestamp()
WHERE source = current_setting('entstream.rebuild_source');

-- Whatever the log says is newer than what is here.
UPDATE entstream.link SET version = -1 WHERE source = current_setting('entstream.rebuild_source');
UPDATE entstream.role_object SET version = -1 WHERE source = current_setting('entstream.rebuild_source');
UPDATE entstream.membership SET version = -1 WHERE source = current_setting('entstream.rebuild_source');

-- Whoever still waits for a name comes again from the log.
DELETE FROM entstream.parked WHERE source = current_setting('entstream.rebuild_source');

-- What cannot be mapped, is refused, or is to stand in profile fields is found out again, and removals are counted again. A schema of a former version may
-- lack the tables.
DO $$
BEGIN
    IF to_regclass('entstream.unmapped') IS NOT NULL THEN
        DELETE FROM entstream.unmapped WHERE source = current_setting('entstream.rebuild_source');
    END IF;
    IF to_regclass('entstream.refused') IS NOT NULL THEN
        DELETE FROM entstream.refused WHERE source = current_setting('entstream.rebuild_source');
    END IF;
    IF to_regclass('entstream.profile_value') IS NOT NULL THEN
        DELETE FROM entstream.profile_value WHERE source = current_setting('entstream.rebuild_source');
    END IF;
    IF to_regclass('entstream.cohort_category') IS NOT NULL THEN
        DELETE FROM entstream.cohort_category WHERE source = current_setting('entstream.rebuild_source');
    END IF;
    IF to_regclass('entstream.removals') IS NOT NULL THEN
        DELETE FROM entstream.removals WHERE source = current_setting('entstream.rebuild_source');
    END IF;
    -- What is held goes on to be, until the log says that it is back, or somebody decides.
    IF to_regclass('entstream.held') IS NOT NULL THEN
        UPDATE entstream.held SET version = -1 WHERE source = current_setting('entstream.rebuild_source');
    END IF;
END
$$;

-- The mapping and what the source publishes are taken from the next start.
DELETE FROM entstream.property
WHERE name IN ('mapping/' || current_setting('entstream.rebuild_source'),
               'published/' || current_setting('entstream.rebuild_source'));

-- ----------------------------------------------------------------

COMMIT;
