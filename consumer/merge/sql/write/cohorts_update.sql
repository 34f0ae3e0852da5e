-- From cohort_change and cohort_claim to mdl_cohort. Rows are locked in id order before any of them is written.
SELECT count(*)
FROM (SELECT id
      FROM {moodle.cohort}
      WHERE id IN (SELECT cohort_id FROM cohort_change WHERE changes - 'unlocked' <> '{}' UNION ALL SELECT holder_id FROM cohort_claim WHERE yields)
      ORDER BY id
      FOR UPDATE) AS locked;

-- A released cohort gives way to the group that has its idnumber now.
UPDATE {moodle.cohort} AS cohort
SET idnumber = left(cohort.idnumber, 75) || '.left' || cohort.id, timemodified = {now}
FROM cohort_claim AS claim
WHERE cohort.id = claim.holder_id AND claim.yields;

UPDATE {moodle.cohort} AS cohort
SET name = CASE change.action WHEN 'released' THEN cohort.name ELSE change.name END,
    idnumber = CASE change.action WHEN 'released' THEN cohort.idnumber ELSE change.idnumber END,
    description = CASE change.action WHEN 'released' THEN cohort.description ELSE change.description END,
    component = change.component,
    visible = change.visible,
    contextid = change.context_id,
    timemodified = {now}
FROM cohort_change AS change
WHERE cohort.id = change.cohort_id AND change.changes - 'unlocked' <> '{}';

SELECT action, count(*) FROM cohort_change GROUP BY action
