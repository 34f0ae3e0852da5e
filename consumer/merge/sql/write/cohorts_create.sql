-- New cohorts, in their course category or the system context, and our links. Inserts only.
INSERT INTO cohort_new
SELECT cohort_id, nextval({sequence.cohort})
FROM cohort_plan
WHERE cohort_id < 0;

ANALYZE cohort_new (planned_id);

INSERT INTO {moodle.cohort} (id, contextid, name, idnumber, description, descriptionformat, visible, component,
    timecreated, timemodified, theme)
SELECT new.cohort_id, coalesce(plan.context_id, {system_context}), plan.name, plan.idnumber, plan.description, 1, {cohort_visible},
    CASE WHEN plan.unlocked THEN '' ELSE {component} END, {now}, {now}, ''
FROM cohort_new AS new
JOIN cohort_plan AS plan ON plan.cohort_id = new.planned_id;

INSERT INTO entstream.link (source, kind, uuid, moodle_id, status, version, unlocked)
SELECT {source}, 'cohort', plan.uuid, new.cohort_id, plan.status, plan.version, plan.unlocked
FROM cohort_new AS new
JOIN cohort_plan AS plan ON plan.cohort_id = new.planned_id
