-- New cohorts, in the system context, and our links. Inserts only.
CREATE TEMP TABLE cohort_new ON COMMIT DROP AS
SELECT work.*, nextval({sequence.cohort}) AS cohort_id
FROM cohort_work AS work
WHERE work.moodle_id IS NULL;

ANALYZE cohort_new (uuid);

INSERT INTO {moodle.cohort} (id, contextid, name, idnumber, description, descriptionformat, visible, component,
    timecreated, timemodified, theme)
SELECT cohort_id, {system_context}, name, idnumber, description, 1, 1, {component}, {now}, {now}, ''
FROM cohort_new;

INSERT INTO entstream.link (source, kind, uuid, moodle_id, status, version)
SELECT {source}, 'cohort', uuid, cohort_id, 'active', version
FROM cohort_new
