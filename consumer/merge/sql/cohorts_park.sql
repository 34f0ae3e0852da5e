-- Without the idnumber: a new cohort waits as a whole, an existing one gets everything but the idnumber.
DELETE FROM cohort_claim WHERE uuid IN (SELECT uuid FROM cohort_blocked);
DELETE FROM cohort_work WHERE moodle_id IS NULL AND uuid IN (SELECT uuid FROM cohort_blocked);
UPDATE cohort_work SET idnumber = current_name WHERE uuid IN (SELECT uuid FROM cohort_blocked)
