-- One log row per account changed, as Moodle's own event would have left it.
INSERT INTO {moodle.logstore_standard_log} (eventname, component, action, target, objecttable, objectid, crud, edulevel,
    contextid, contextlevel, contextinstanceid, userid, courseid, relateduserid, anonymous, other, timecreated, origin)
SELECT '\core\event\user_updated', 'core', 'updated', 'user', 'user', change.user_id, 'u', 0,
       coalesce(context.id, 0), 30, change.user_id, {actor}, 0, change.user_id, 0, 'null', {now}, 'cli'
FROM user_change AS change
LEFT JOIN LATERAL (SELECT id
                   FROM {moodle.context}
                   WHERE contextlevel = 30 AND instanceid = change.user_id
                   LIMIT 1) AS context ON true
WHERE change.changes <> '{}'
