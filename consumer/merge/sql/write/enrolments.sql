-- Enrolments beside the roles of role_change, in courses, by the method that roles.enrol names. Who got a role is enrolled by the
-- course's first enabled instance of it, or again, where entstream had suspended that. Who has no role left in the course is
-- suspended there, if entstream enrolled him: nothing that hangs on an enrolment is lost. Enrolments that others made stay as
-- they are. Locks the rows that it updates in the order of their ids.
WITH due AS MATERIALIZED (
    SELECT DISTINCT instance.id AS enrol_id, change.user_id, change.context_id, context.instanceid AS course_id
    FROM role_change AS change
    JOIN LATERAL (SELECT contextlevel, instanceid
                  FROM {moodle.context}
                  WHERE id = change.context_id
                  LIMIT 1) AS context ON context.contextlevel = 50
    CROSS JOIN LATERAL (SELECT id
                        FROM {moodle.enrol}
                        WHERE courseid = context.instanceid AND enrol = {roles.enrol} AND status = 0
                        ORDER BY sortorder, id
                        LIMIT 1) AS instance
    WHERE change.action <> 'removed'
), enrolled AS (
    INSERT INTO {moodle.user_enrolments} AS enrolment (status, enrolid, userid, timestart, timeend, modifierid, timecreated,
        timemodified)
    SELECT 0, enrol_id, user_id, 0, 0, {actor}, {now}, {now}
    FROM due
    ORDER BY enrol_id, user_id
    ON CONFLICT (enrolid, userid) DO UPDATE
    SET status = 0, modifierid = excluded.modifierid, timemodified = excluded.timemodified
    WHERE enrolment.status = 1 AND EXISTS (SELECT
                                           FROM entstream.enrolment AS known
                                           WHERE known.user_id = enrolment.userid AND known.enrol_id = enrolment.enrolid)
    RETURNING enrolment.id, enrolment.enrolid, enrolment.userid, enrolment.xmax = 0 AS is_new
)
INSERT INTO enrolment_change
SELECT CASE WHEN enrolled.is_new THEN 'created' ELSE 'updated' END, enrolled.id, due.enrol_id, due.user_id, due.context_id,
       due.course_id
FROM enrolled
JOIN due ON due.enrol_id = enrolled.enrolid AND due.user_id = enrolled.userid;

INSERT INTO entstream.enrolment (user_id, enrol_id)
SELECT user_id, enrol_id
FROM enrolment_change
WHERE action = 'created'
ON CONFLICT DO NOTHING;

WITH former AS MATERIALIZED (
    SELECT DISTINCT change.user_id, change.context_id, context.instanceid AS course_id
    FROM role_change AS change
    JOIN LATERAL (SELECT contextlevel, instanceid
                  FROM {moodle.context}
                  WHERE id = change.context_id
                  LIMIT 1) AS context ON context.contextlevel = 50
    WHERE change.action = 'removed'
      AND NOT EXISTS (SELECT
                      FROM {moodle.role_assignments}
                      WHERE userid = change.user_id AND contextid = change.context_id)
), ours AS MATERIALIZED (
    SELECT enrolment.id, enrolment.enrolid, former.user_id, former.context_id, former.course_id
    FROM former
    CROSS JOIN LATERAL (SELECT enrol_id FROM entstream.enrolment WHERE user_id = former.user_id OFFSET 0) AS known
    JOIN LATERAL (SELECT courseid
                  FROM {moodle.enrol}
                  WHERE id = known.enrol_id
                  LIMIT 1) AS instance ON instance.courseid = former.course_id
    JOIN {moodle.user_enrolments} AS enrolment ON enrolment.enrolid = known.enrol_id AND enrolment.userid = former.user_id
    WHERE enrolment.status = 0
    ORDER BY enrolment.id
    FOR UPDATE OF enrolment
), suspended AS (
    UPDATE {moodle.user_enrolments} AS enrolment
    SET status = 1, modifierid = {actor}, timemodified = {now}
    FROM ours
    WHERE enrolment.id = ours.id
    RETURNING ours.*
)
INSERT INTO enrolment_change
SELECT 'updated', id, enrolid, user_id, context_id, course_id
FROM suspended
