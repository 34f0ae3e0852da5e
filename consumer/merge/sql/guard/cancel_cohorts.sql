-- Held cohorts that this batch brings back, or whose removal is not held any more.
INSERT INTO unheld_plan
SELECT held.place
FROM cohort_plan AS plan
CROSS JOIN LATERAL (SELECT ctid AS place
                    FROM entstream.held
                    WHERE uuid = plan.uuid AND entity = 'cohort' AND source = {source}
                    LIMIT 1) AS held
WHERE plan.former_status = 'kept'
  AND NOT EXISTS (SELECT FROM held_plan AS again WHERE again.entity = 'cohort' AND again.uuid = plan.uuid)
