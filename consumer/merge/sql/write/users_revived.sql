-- Moodle makes contexts of users when it first needs them: an account from elsewhere may have none.
INSERT INTO {moodle.context} (id, contextlevel, instanceid, path, depth)
SELECT new.id, 30, new.user_id, '/' || {system_context} || '/' || new.id, 2
FROM (SELECT change.user_id, nextval({sequence.context}) AS id
      FROM user_change AS change
      WHERE change.action IN ('revived', 'adopted')
        AND NOT EXISTS (SELECT
                        FROM {moodle.context} AS context
                        WHERE context.contextlevel = 30 AND context.instanceid = change.user_id)) AS new
