-- Role objects of this transaction that wait, and what for: at most ten, for the log. Reads only.
SELECT work.role, work.level, work.context_key,
       CASE WHEN work.level = 30 THEN '(a person)' ELSE work.identifier END AS identifier,
       CASE
           WHEN NOT EXISTS (SELECT FROM {moodle.role} WHERE shortname = work.role) THEN 'Moodle has no such role'
           WHEN place.role_id IS NULL THEN 'Moodle does not allow the role at this level'
           ELSE 'Moodle has no such object, or several'
       END AS reason
FROM role_work AS work
JOIN role_place AS place ON place.uuid = work.uuid
WHERE place.role_id IS NULL OR place.context_id IS NULL
ORDER BY work.uuid
LIMIT 10
