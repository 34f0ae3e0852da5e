-- Role objects of this plan that wait, and what for: at most ten, for the log, and how many there are.
SELECT plan.role, plan.level, plan.context_key,
       CASE WHEN plan.level = 30 THEN '(a person)' ELSE plan.identifier END AS identifier,
       CASE
           WHEN NOT EXISTS (SELECT FROM {moodle.role} WHERE shortname = plan.role) THEN 'Moodle has no such role'
           WHEN place.role_id IS NULL THEN 'Moodle does not allow the role at this level'
           ELSE 'Moodle has no such object, or several'
       END AS reason,
       count(*) OVER () AS objects
FROM role_plan AS plan
JOIN role_place AS place ON place.uuid = plan.uuid
WHERE place.role_id IS NULL OR place.context_id IS NULL
ORDER BY plan.uuid
LIMIT 10
