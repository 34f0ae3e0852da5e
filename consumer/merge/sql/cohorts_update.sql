-- Cohorts that differ from what the directory says: renamed, taken again, or released (members stay, component cleared
-- so that administrators can edit it, hidden). Context and theme are theirs, and so is visibility, but for the moments
-- in which a group goes and comes back: a cohort that they opened or took over since its release is left to them.
-- Rows are locked in id order before any of them is written.
CREATE TEMP TABLE cohort_change ON COMMIT DROP AS
SELECT cohort.id, work.*, CASE WHEN work.present THEN 'updated' ELSE 'released' END AS action
FROM cohort_work AS work
JOIN {moodle.cohort} AS cohort ON cohort.id = work.moodle_id
WHERE NOT work.gone
  AND CASE
          WHEN work.present THEN
              cohort.name <> work.name OR cohort.idnumber IS DISTINCT FROM work.idnumber
              OR cohort.description IS DISTINCT FROM work.description OR cohort.component <> {component}
          ELSE work.former_status <> 'released' AND (cohort.component <> '' OR cohort.visible <> 0)
      END;

ANALYZE cohort_change (id);

SELECT count(*)
FROM (SELECT id
      FROM {moodle.cohort}
      WHERE id IN (SELECT id FROM cohort_change UNION ALL SELECT holder_id FROM cohort_claim WHERE yields)
      ORDER BY id
      FOR UPDATE) AS locked;

-- A released cohort gives way to the group that has its idnumber now.
UPDATE {moodle.cohort} AS cohort
SET idnumber = left(cohort.idnumber, 75) || '.left' || cohort.id, timemodified = {now}
FROM cohort_claim AS claim
WHERE cohort.id = claim.holder_id AND claim.yields;

UPDATE {moodle.cohort} AS cohort
SET name = CASE WHEN change.present THEN change.name ELSE cohort.name END,
    idnumber = CASE WHEN change.present THEN change.idnumber ELSE cohort.idnumber END,
    description = CASE WHEN change.present THEN change.description ELSE cohort.description END,
    component = CASE WHEN change.present THEN {component} ELSE '' END,
    visible = CASE WHEN NOT change.present THEN 0
                   WHEN change.former_status = 'released' THEN 1
                   ELSE cohort.visible END,
    timemodified = {now}
FROM cohort_change AS change
WHERE cohort.id = change.id;

SELECT action, count(*) FROM cohort_change GROUP BY action
