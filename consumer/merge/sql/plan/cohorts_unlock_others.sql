-- From cohort_lock and park_plan to cohort_change: cohorts of local_ent_installer that have the ID number of a group, which
-- waits because of them. They are nobody's, and stay so. mdl_cohort is looked at once.
INSERT INTO cohort_lock
SELECT uuid, wanted
FROM park_plan
WHERE kind = 'cohort';

INSERT INTO cohort_change
SELECT DISTINCT ON (cohort.id)
       cohort.id, waiting.uuid, 'updated', jsonb_build_object('component', jsonb_build_array(cohort.component, '')),
       cohort.name, cohort.idnumber, cohort.description, '', cohort.visible, cohort.contextid
FROM cohort_lock AS waiting
JOIN {moodle.cohort} AS cohort ON cohort.idnumber = waiting.idnumber AND cohort.component = 'local_ent_installer'
WHERE waiting.idnumber <> ''
  AND NOT EXISTS (SELECT FROM entstream.link WHERE moodle_id = cohort.id AND kind = 'cohort')
  AND NOT EXISTS (SELECT FROM cohort_plan AS plan WHERE plan.cohort_id = cohort.id)
ORDER BY cohort.id, waiting.uuid
