-- Whether the site can be written now. Reads Moodle's tables only: ours may not be there yet.
SELECT (SELECT value FROM {moodle.config} WHERE name = 'version') AS version,
       (SELECT value FROM {moodle.config} WHERE name = 'upgraderunning') AS upgraderunning,
       (SELECT value FROM {moodle.config} WHERE name = 'maintenance_enabled') AS maintenance_enabled,
       extract(epoch FROM clock_timestamp())::bigint AS now
