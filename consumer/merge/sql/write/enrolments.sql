-- From enrolment_plan to mdl_user_enrolments, in the order of ids. Whom somebody enrolled or unenrolled since it was planned is left
-- out of it: it has then what was done.
UPDATE enrolment_plan SET user_id = new.user_id FROM user_new AS new WHERE enrolment_plan.user_id = new.planned_id;

WITH enrolled AS (
    INSERT INTO {moodle.user_enrolments} (status, enrolid, userid, timestart, timeend, modifierid, timecreated, timemodified)
    SELECT 0, enrol_id, user_id, 0, 0, {actor}, {now}, {now}
    FROM enrolment_plan
    WHERE action = 'created'
    ORDER BY enrol_id, user_id
    ON CONFLICT (enrolid, userid) DO NOTHING
    RETURNING id, enrolid, userid
)
UPDATE enrolment_plan
SET enrolment_id = enrolled.id
FROM enrolled
WHERE enrol_id = enrolled.enrolid AND user_id = enrolled.userid;

WITH lent AS MATERIALIZED (
    SELECT enrolment.id
    FROM {moodle.user_enrolments} AS enrolment
    WHERE enrolment.id IN (SELECT enrolment_id FROM enrolment_plan WHERE action <> 'created')
    ORDER BY enrolment.id
    FOR UPDATE
), changed AS (
    UPDATE {moodle.user_enrolments} AS enrolment
    SET status = CASE plan.action WHEN 'suspended' THEN 1 ELSE 0 END, modifierid = {actor}, timemodified = {now}
    FROM enrolment_plan AS plan
    JOIN lent ON lent.id = plan.enrolment_id
    WHERE plan.action <> 'created' AND enrolment.id = plan.enrolment_id
    RETURNING enrolment.id
)
DELETE FROM enrolment_plan AS plan
WHERE plan.enrolment_id IS NULL
   OR plan.action <> 'created' AND NOT EXISTS (SELECT FROM changed WHERE changed.id = plan.enrolment_id);

INSERT INTO entstream.enrolment (user_id, enrol_id)
SELECT user_id, enrol_id
FROM enrolment_plan
WHERE action = 'created'
ON CONFLICT DO NOTHING;

-- Running sessions keep the enrolments that they have loaded, too: a flag per user, or in bulk one for the whole site.
INSERT INTO entstream.touch (kind, subject)
SELECT 'dirty_user', user_id
FROM (SELECT DISTINCT user_id FROM enrolment_plan WHERE action <> 'created') AS changed
WHERE (SELECT count(DISTINCT user_id) FROM enrolment_plan WHERE action <> 'created') <= {most_dirty_users}
UNION ALL
SELECT 'dirty_context', {system_context}
WHERE (SELECT count(DISTINCT user_id) FROM enrolment_plan WHERE action <> 'created') > {most_dirty_users};

SELECT action, count(*) FROM enrolment_plan GROUP BY action
