-- Role assignments in courses that role objects give and Moodle has, and whose people are not enrolled in the course, though it
-- has an enabled instance of the method that roles.enrol names: a subquery. {lacking} says what counts as not enrolled;
-- {only_member} chooses one person.
(SELECT object.role_id, object.context_id, account.moodle_id AS user_id, account.uuid AS user_uuid
 FROM entstream.role_object AS object
 JOIN {moodle.context} AS context ON context.id = object.context_id AND context.contextlevel = 50
 CROSS JOIN LATERAL (SELECT id
                     FROM {moodle.enrol}
                     WHERE courseid = context.instanceid AND enrol = {roles.enrol} AND status = 0
                     ORDER BY sortorder, id
                     LIMIT 1) AS instance
 JOIN entstream.membership AS membership
     ON membership.parent_uuid = object.uuid AND membership.parent_kind = 'role' AND membership.source = {source}
 JOIN entstream.link AS account
     ON account.uuid = membership.member_uuid AND account.kind = 'user' AND account.source = {source}
        AND account.status <> 'gone_in_moodle'
 LEFT JOIN {moodle.user_enrolments} AS enrolment
     ON enrolment.enrolid = instance.id AND enrolment.userid = account.moodle_id
 LEFT JOIN entstream.enrolment AS known ON known.enrol_id = instance.id AND known.user_id = account.moodle_id
 WHERE object.source = {source} AND object.level = 50 AND object.role_id IS NOT NULL AND {only_member} AND {lacking}
   AND EXISTS (SELECT
               FROM {moodle.role_assignments} AS present
               WHERE present.userid = account.moodle_id AND present.contextid = object.context_id
                 AND present.roleid = object.role_id AND present.component = {component} AND present.itemid = 0))
