-- One log row per new cohort, as Moodle's own event would have left it.
INSERT INTO {moodle.logstore_standard_log} (eventname, component, action, target, objecttable, objectid, crud, edulevel,
    contextid, contextlevel, contextinstanceid, userid, courseid, relateduserid, anonymous, other, timecreated, origin)
SELECT '\core\event\cohort_created', 'core', 'created', 'cohort', 'cohort', new.cohort_id, 'c', 0,
       context.id, context.contextlevel, context.instanceid, {actor}, 0, NULL, 0, 'null', {now}, 'cli'
FROM cohort_new AS new
JOIN cohort_plan AS plan ON plan.cohort_id = new.planned_id
JOIN {moodle.context} AS context ON context.id = coalesce(plan.context_id, {system_context})
