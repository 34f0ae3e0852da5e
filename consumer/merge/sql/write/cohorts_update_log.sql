-- One log row per cohort changed, as Moodle's own event would have left it.
INSERT INTO {moodle.logstore_standard_log} (eventname, component, action, target, objecttable, objectid, crud, edulevel,
    contextid, contextlevel, contextinstanceid, userid, courseid, relateduserid, anonymous, other, timecreated, origin)
SELECT '\core\event\cohort_updated', 'core', 'updated', 'cohort', 'cohort', cohort.id, 'u', 0,
       context.id, context.contextlevel, context.instanceid, {actor}, 0, NULL, 0, 'null', {now}, 'cli'
FROM cohort_change AS change
JOIN {moodle.cohort} AS cohort ON cohort.id = change.cohort_id
JOIN {moodle.context} AS context ON context.id = cohort.contextid
WHERE change.changes - 'unlocked' <> '{}'
