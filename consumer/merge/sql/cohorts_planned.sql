-- What the plan says, for the steps that follow and for the summary.
SELECT (SELECT count(*) FROM cohort_work WHERE moodle_id IS NULL) AS new,
       (SELECT count(*) FROM cohort_work WHERE moodle_id IS NOT NULL AND NOT gone) AS known,
       (SELECT count(*) FROM cohort_work WHERE gone) AS gone,
       (SELECT count(*) FROM cohort_work WHERE present AND former_status = 'released' AND NOT gone) AS returned,
       0::bigint AS spared,
       (SELECT count(*) FROM cohort_claim WHERE rank > 1 OR holder_id IS NOT NULL) AS contested,
       (SELECT count(*) FROM cohort_delta WHERE retried) AS retried
