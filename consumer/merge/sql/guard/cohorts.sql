-- Cohorts of the plan that would be released.
INSERT INTO removal_plan
SELECT 'cohort', plan.uuid, '00000000-0000-0000-0000-000000000000', 0, 0, plan.cohort_id, plan.version,
       held.found IS NOT NULL
FROM cohort_plan AS plan
LEFT JOIN LATERAL (SELECT true AS found
                   FROM entstream.held
                   WHERE uuid = plan.uuid AND entity = 'cohort' AND source = {source}
                   LIMIT 1) AS held ON true
WHERE plan.status = 'released' AND plan.former_status <> 'released'
