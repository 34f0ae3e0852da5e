-- One log row per member added or removed, as Moodle's own event would have left it.
INSERT INTO {moodle.logstore_standard_log} (eventname, component, action, target, objecttable, objectid, crud, edulevel,
    contextid, contextlevel, contextinstanceid, userid, courseid, relateduserid, anonymous, other, timecreated, origin)
SELECT CASE change.action WHEN 'created' THEN '\core\event\cohort_member_added'
                          ELSE '\core\event\cohort_member_removed' END,
       'core',
       CASE change.action WHEN 'created' THEN 'added' ELSE 'removed' END,
       'cohort_member', 'cohort', cohort.id,
       CASE change.action WHEN 'created' THEN 'c' ELSE 'd' END,
       0, context.id, context.contextlevel, context.instanceid, {actor}, 0, change.user_id, 0, 'null', {now}, 'cli'
FROM (SELECT action, cohort_id, user_id
      FROM cohort_member_change
      UNION ALL
      SELECT 'created', new.cohort_id, pair.user_id
      FROM cohort_pair AS pair
      JOIN cohort_new AS new ON new.planned_id = pair.cohort_id
      WHERE pair.wanted) AS change
JOIN {moodle.cohort} AS cohort ON cohort.id = change.cohort_id
JOIN {moodle.context} AS context ON context.id = cohort.contextid
