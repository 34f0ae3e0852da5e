-- One log row per enrolment made, suspended or made valid again, as Moodle's own event would have left it.
INSERT INTO {moodle.logstore_standard_log} (eventname, component, action, target, objecttable, objectid, crud, edulevel,
    contextid, contextlevel, contextinstanceid, userid, courseid, relateduserid, anonymous, other, timecreated, origin)
SELECT '\core\event\user_enrolment_' || event.action, 'core', event.action, 'user_enrolment', 'user_enrolments', plan.enrolment_id,
       CASE event.action WHEN 'created' THEN 'c' ELSE 'u' END,
       0, plan.context_id, 50, plan.course_id, {actor}, plan.course_id, plan.user_id, 0, '{"enrol":"' || plan.method || '"}',
       {now}, 'cli'
FROM enrolment_plan AS plan
CROSS JOIN LATERAL (SELECT CASE plan.action WHEN 'created' THEN 'created' ELSE 'updated' END AS action) AS event
