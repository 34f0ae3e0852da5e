-- One log row per assignment made or taken away, as Moodle's own event would have left it.
INSERT INTO {moodle.logstore_standard_log} (eventname, component, action, target, objecttable, objectid, crud, edulevel,
    contextid, contextlevel, contextinstanceid, userid, courseid, relateduserid, anonymous, other, timecreated, origin)
SELECT CASE change.action WHEN 'created' THEN '\core\event\role_assigned' ELSE '\core\event\role_unassigned' END,
       'core',
       CASE change.action WHEN 'created' THEN 'assigned' ELSE 'unassigned' END,
       'role', 'role', change.role_id,
       CASE change.action WHEN 'created' THEN 'c' ELSE 'd' END,
       0, change.context_id, coalesce(context.contextlevel, 0), coalesce(context.instanceid, 0), {actor},
       CASE context.contextlevel WHEN 50 THEN context.instanceid ELSE 0 END,
       change.user_id, 0,
       '{"id":' || change.assignment_id || ',"component":"' || {component} || '","itemid":"0"}',
       {now}, 'cli'
FROM role_change AS change
LEFT JOIN LATERAL (SELECT contextlevel, instanceid
                   FROM {moodle.context}
                   WHERE id = change.context_id
                   LIMIT 1) AS context ON true
WHERE change.action <> 'adopted'
