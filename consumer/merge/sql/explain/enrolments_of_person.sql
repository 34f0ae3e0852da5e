-- The courses in which role objects give a person a role, or in which entstream enrolled him, and his enrolment there by the method
-- that roles.enrol names.
SELECT place.course_id, course.shortname, instance.id AS enrol_id, enrolment.status, enrolment.is_ours,
       CASE WHEN assignment.found IS NULL THEN 'no' END AS lacks_role
FROM (SELECT moodle_id AS user_id FROM entstream.link WHERE uuid = {uuid} AND kind = 'user' AND source = {source}) AS person
CROSS JOIN LATERAL (SELECT context.instanceid AS course_id
                    FROM entstream.membership
                    JOIN entstream.role_object AS object ON object.uuid = membership.parent_uuid AND object.source = {source}
                    JOIN {moodle.context} AS context ON context.id = object.context_id AND context.contextlevel = 50
                    WHERE membership.member_uuid = {uuid} AND membership.parent_kind = 'role'
                      AND membership.source = {source}
                    UNION
                    SELECT instance.courseid
                    FROM entstream.enrolment AS known
                    JOIN {moodle.enrol} AS instance ON instance.id = known.enrol_id
                    WHERE known.user_id = person.user_id) AS place
JOIN {moodle.course} AS course ON course.id = place.course_id
LEFT JOIN LATERAL (SELECT id
                   FROM {moodle.enrol}
                   WHERE courseid = place.course_id AND enrol = {roles.enrol} AND status = 0
                   ORDER BY sortorder, id
                   LIMIT 1) AS instance ON true
LEFT JOIN LATERAL (SELECT present.status, CASE WHEN known.enrol_id IS NOT NULL THEN 'yes' END AS is_ours
                   FROM {moodle.enrol} AS method
                   LEFT JOIN {moodle.user_enrolments} AS present
                       ON present.enrolid = method.id AND present.userid = person.user_id
                   LEFT JOIN entstream.enrolment AS known
                       ON known.enrol_id = method.id AND known.user_id = person.user_id
                   WHERE method.courseid = place.course_id AND method.enrol = {roles.enrol}
                     AND (present.id IS NOT NULL OR known.enrol_id IS NOT NULL)
                   ORDER BY present.id IS NULL, present.status, method.sortorder, method.id
                   LIMIT 1) AS enrolment ON true
LEFT JOIN LATERAL (SELECT true AS found
                   FROM {moodle.role_assignments} AS role
                   JOIN {moodle.context} AS context ON context.id = role.contextid
                   WHERE role.userid = person.user_id AND context.contextlevel = 50 AND context.instanceid = place.course_id
                   LIMIT 1) AS assignment ON true
ORDER BY place.course_id
