-- One log row per new cohort, as Moodle's own event would have left it.
INSERT INTO {moodle.logstore_standard_log} (eventname, component, action, target, objecttable, objectid, crud, edulevel,
    contextid, contextlevel, contextinstanceid, userid, courseid, relateduserid, anonymous, other, timecreated, origin)
SELECT '\core\event\cohort_created', 'core', 'created', 'cohort', 'cohort', cohort_id, 'c', 0,
       {system_context}, 10, 0, {actor}, 0, NULL, 0, 'null', {now}, 'cli'
FROM cohort_new
