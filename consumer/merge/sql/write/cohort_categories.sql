-- From cohort_place and cohort_plan to entstream.cohort_category: where cohorts are to be, and were put.
DELETE FROM entstream.cohort_category
WHERE ctid = ANY (ARRAY(SELECT known.place
                        FROM cohort_plan AS plan
                        CROSS JOIN LATERAL (SELECT ctid AS place
                                            FROM entstream.cohort_category
                                            WHERE uuid = plan.uuid AND source = {source}
                                            LIMIT 1) AS known
                        WHERE plan.status = 'released' OR plan.gone OR plan.present AND plan.level = 10));

INSERT INTO entstream.cohort_category (source, uuid, category, context_id)
SELECT {source}, place.uuid, place.category, place.context_id
FROM cohort_place AS place
JOIN cohort_plan AS plan ON plan.uuid = place.uuid
WHERE plan.present AND NOT plan.gone
ON CONFLICT (uuid, source) DO UPDATE SET category = excluded.category, context_id = excluded.context_id
