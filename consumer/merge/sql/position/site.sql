-- What a transaction has to know of the site, read afresh each time: an upgrade may have begun, administrators may
-- have changed. Columns of another statement's SELECT.
       (SELECT value FROM {moodle.config} WHERE name = 'version') AS version,
       (SELECT value FROM {moodle.config} WHERE name = 'upgraderunning') AS upgraderunning,
       (SELECT value FROM {moodle.config} WHERE name = 'maintenance_enabled') AS maintenance_enabled,
       (SELECT value FROM {moodle.config} WHERE name = 'siteadmins') AS siteadmins,
       (SELECT value FROM {moodle.config} WHERE name = 'siteguest') AS siteguest,
       (SELECT value FROM {moodle.config} WHERE name = 'mnet_localhost_id') AS mnet_localhost_id,
       (SELECT value FROM {moodle.config} WHERE name = 'lang') AS lang,
       (SELECT value FROM {moodle.config_plugins} WHERE plugin = 'tool_log' AND name = 'enabled_stores') AS log_stores,
       (SELECT id FROM {moodle.context} WHERE contextlevel = 10 AND instanceid = 0) AS system_context,
       extract(epoch FROM clock_timestamp())::bigint AS now,
       to_regclass('pg_temp.plan_layout_{layout}') IS NOT NULL AS has_plan_tables,
       coalesce((SELECT watermark IS NOT NULL AND rebuild_begun_at IS NULL FROM entstream.position
                 WHERE target = {target} AND source = {source}), false) AS is_live,
       EXISTS (SELECT FROM entstream.parked WHERE parked.source = {source}) AS something_is_parked,
       EXISTS (SELECT FROM entstream.unmapped WHERE unmapped.source = {source}) AS something_is_unmapped,
       EXISTS (SELECT FROM entstream.refused WHERE refused.source = {source}) AS something_is_refused,
       EXISTS (SELECT FROM entstream.held WHERE held.source = {source}) AS something_is_held,
