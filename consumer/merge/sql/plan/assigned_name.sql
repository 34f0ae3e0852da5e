-- An expression: which role and where, by the names that Moodle has, of the role_id and context_id of {assigned}: 'teacher in course 2A'.
-- What it has not keeps its id. Of an account that is planned (a context below zero) the username is to follow.
coalesce((SELECT shortname FROM {moodle.role} WHERE id = {assigned}.role_id), 'role ' || {assigned}.role_id) || ' in '
|| CASE
       WHEN {assigned}.context_id < 0 THEN 'user '
       ELSE coalesce((SELECT CASE context.contextlevel
                                 WHEN 10 THEN 'system'
                                 WHEN 30 THEN 'user ' || (SELECT username FROM {moodle.user} WHERE id = context.instanceid)
                                 WHEN 40 THEN 'category ' || (SELECT coalesce(nullif(idnumber, ''), name)
                                                              FROM {moodle.course_categories}
                                                              WHERE id = context.instanceid)
                                 WHEN 50 THEN 'course ' || (SELECT shortname
                                                            FROM {moodle.course}
                                                            WHERE id = context.instanceid)
                                 WHEN 70 THEN 'activity '
                                              || (SELECT coalesce(nullif(activity.idnumber, ''), activity.id::text)
                                                         || ' of course ' || course.shortname
                                                  FROM {moodle.course_modules} AS activity
                                                  JOIN {moodle.course} AS course ON course.id = activity.course
                                                  WHERE activity.id = context.instanceid)
                                 WHEN 80 THEN 'block ' || context.instanceid
                             END
                      FROM {moodle.context} AS context
                      WHERE context.id = {assigned}.context_id),
                     'context ' || {assigned}.context_id)
   END
