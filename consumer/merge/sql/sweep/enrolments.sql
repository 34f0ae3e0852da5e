-- Role assignments of ours in courses whose people are not enrolled there by the method that roles.enrol names, though the course
-- has an instance of it: the key, or the instance, is newer than they are. Whom entstream enrolled once stays out: somebody took
-- him out. They go to role_change, {portion} at the most, as if they were new.
INSERT INTO role_change
SELECT 'created', assignment.id, assignment.roleid, assignment.contextid, assignment.userid
FROM {moodle.role_assignments} AS assignment
JOIN {moodle.context} AS context ON context.id = assignment.contextid AND context.contextlevel = 50
CROSS JOIN LATERAL (SELECT id
                    FROM {moodle.enrol}
                    WHERE courseid = context.instanceid AND enrol = {roles.enrol} AND status = 0
                    ORDER BY sortorder, id
                    LIMIT 1) AS instance
WHERE assignment.component = {component} AND assignment.itemid = 0
  AND NOT EXISTS (SELECT
                  FROM {moodle.user_enrolments} AS enrolment
                  WHERE enrolment.enrolid = instance.id AND enrolment.userid = assignment.userid)
  AND NOT EXISTS (SELECT
                  FROM entstream.enrolment AS known
                  WHERE known.user_id = assignment.userid AND known.enrol_id = instance.id)
LIMIT {portion}
