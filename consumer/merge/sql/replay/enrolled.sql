-- Part of replay/moved.sql: whether somebody is enrolled in the course that is asked about. Needs rights that only who enrols has.
SELECT true
FROM {moodle.user_enrolments} AS enrolment
JOIN {moodle.enrol} AS instance ON instance.id = enrolment.enrolid
JOIN {moodle.context} AS context ON context.instanceid = instance.courseid AND context.contextlevel = 50
WHERE enrolment.userid = object.moodle_id AND enrolment.status = 0 AND context.id = asked.context_id
  AND asked.entity = 'enrolment'
