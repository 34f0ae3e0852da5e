-- Course categories of this plan that Moodle lacks, and how many cohorts that exist stay elsewhere for that: at most ten,
-- for the log, and how many there are. Those that are known to be elsewhere are not news.
SELECT place.category, count(*) AS cohorts, sum(count(*)) OVER () AS all_cohorts
FROM cohort_place AS place
JOIN cohort_plan AS plan ON plan.uuid = place.uuid AND plan.present AND NOT plan.gone
LEFT JOIN LATERAL (SELECT category
                   FROM entstream.cohort_category
                   WHERE uuid = place.uuid AND source = {source} AND context_id IS NULL
                   LIMIT 1) AS known ON true
WHERE place.context_id IS NULL AND known.category IS DISTINCT FROM place.category
GROUP BY place.category
ORDER BY place.category
LIMIT 10
