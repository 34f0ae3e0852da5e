-- One log row per enrolment made, suspended or made valid again, as Moodle's own event would have left it.
INSERT INTO {moodle.logstore_standard_log} (eventname, component, action, target, objecttable, objectid, crud, edulevel,
    contextid, contextlevel, contextinstanceid, userid, courseid, relateduserid, anonymous, other, timecreated, origin)
SELECT '\core\event\user_enrolment_' || action, 'core', action, 'user_enrolment', 'user_enrolments', enrolment_id,
       CASE action WHEN 'created' THEN 'c' ELSE 'u' END,
       0, context_id, 50, course_id, {actor}, course_id, user_id, 0, '{"enrol":"' || {roles.enrol} || '"}', {now}, 'cli'
FROM enrolment_change
