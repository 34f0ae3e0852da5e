-- From role_want, as the guard leaves it, to enrolment_plan: enrolments in courses that go with roles there, by the method that
-- roles.enrol names. Who gets a role is enrolled by the course's first enabled instance of it, or again, where entstream had enrolled
-- him and that is suspended. Who has no role left in the course, of whatever component, is suspended there where entstream enrolled
-- him: nothing that hangs on an enrolment is lost. What others made stays as it is. {asked} is true where also those are looked at
-- who have their role: all of role_triple.
INSERT INTO enrolment_plan
WITH looked AS MATERIALIZED (
    SELECT place.*, context.instanceid AS course_id
    FROM (SELECT user_id, user_uuid, context_id, bool_or(gets) AS gets, sum(leaving) AS leaving, bool_or(has) AS asked
          FROM (SELECT user_id, user_uuid, context_id, wanted AS gets,
                       CASE WHEN wanted THEN 0 ELSE cardinality(assignment_ids) END AS leaving, false AS has
                FROM role_want
                UNION ALL
                SELECT user_id, user_uuid, context_id, false, 0, true
                FROM role_triple
                WHERE {asked}) AS role
          WHERE context_id > 0
          GROUP BY user_id, user_uuid, context_id) AS place
    JOIN LATERAL (SELECT contextlevel, instanceid
                  FROM {moodle.context}
                  WHERE id = place.context_id
                  LIMIT 1) AS context ON context.contextlevel = 50
), counted AS MATERIALIZED (
    SELECT looked.*, present.roles, present.ours
    FROM looked
    LEFT JOIN LATERAL (SELECT count(*) AS roles, count(*) FILTER (WHERE component = {component} AND itemid = 0) AS ours
                       FROM {moodle.role_assignments}
                       WHERE userid = looked.user_id AND contextid = looked.context_id AND NOT looked.gets) AS present ON true
)
SELECT CASE WHEN enrolment.id IS NULL THEN 'created' ELSE 'revived' END, enrolment.id, instance.id, {roles.enrol}, due.user_id,
       due.user_uuid, due.context_id, due.course_id
FROM counted AS due
CROSS JOIN LATERAL (SELECT id
                    FROM {moodle.enrol}
                    WHERE courseid = due.course_id AND enrol = {roles.enrol} AND status = 0
                    ORDER BY sortorder, id
                    LIMIT 1) AS instance
LEFT JOIN LATERAL (SELECT id, status
                   FROM {moodle.user_enrolments}
                   WHERE enrolid = instance.id AND userid = due.user_id
                   LIMIT 1) AS enrolment ON true
WHERE (due.gets OR due.asked AND due.ours > due.leaving)
  AND (enrolment.id IS NULL
       OR enrolment.status = 1
          AND EXISTS (SELECT
                      FROM entstream.enrolment AS known
                      WHERE known.user_id = due.user_id AND known.enrol_id = instance.id))
UNION ALL
SELECT 'suspended', enrolment.id, known.enrol_id, instance.enrol, former.user_id, former.user_uuid, former.context_id,
       former.course_id
FROM counted AS former
CROSS JOIN LATERAL (SELECT enrol_id FROM entstream.enrolment WHERE user_id = former.user_id OFFSET 0) AS known
JOIN LATERAL (SELECT courseid, enrol
              FROM {moodle.enrol}
              WHERE id = known.enrol_id
              LIMIT 1) AS instance ON instance.courseid = former.course_id
JOIN LATERAL (SELECT id, status
              FROM {moodle.user_enrolments}
              WHERE enrolid = known.enrol_id AND userid = former.user_id
              LIMIT 1) AS enrolment ON enrolment.status = 0
WHERE NOT former.gets AND former.leaving > 0 AND former.roles <= former.leaving;

ANALYZE enrolment_plan (action, enrolment_id, enrol_id, user_id);

SELECT count(*) AS planned FROM enrolment_plan
