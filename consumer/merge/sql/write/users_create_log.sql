-- One log row per new account, as Moodle's own event would have left it.
INSERT INTO {moodle.logstore_standard_log} (eventname, component, action, target, objecttable, objectid, crud, edulevel,
    contextid, contextlevel, contextinstanceid, userid, courseid, relateduserid, anonymous, other, timecreated, origin)
SELECT '\core\event\user_created', 'core', 'created', 'user', 'user', user_id, 'c', 0,
       context_id, 30, user_id, {actor}, 0, user_id, 0, 'null', {now}, 'cli'
FROM user_new
