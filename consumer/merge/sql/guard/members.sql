-- Members of cohorts who would be removed.
INSERT INTO removal_plan
SELECT 'member', pair.user_uuid, pair.cohort_uuid, 0, 0, pair.user_id, {first_offset}, held.found IS NOT NULL,
       coalesce(account.institution, '')
FROM cohort_pair AS pair
LEFT JOIN LATERAL (SELECT institution
                   FROM {moodle.user}
                   WHERE id = pair.user_id
                   LIMIT 1) AS account ON true
LEFT JOIN LATERAL (SELECT true AS found
                   FROM entstream.held
                   WHERE uuid = pair.user_uuid AND entity = 'member' AND parent = pair.cohort_uuid AND source = {source}
                   LIMIT 1) AS held ON true
WHERE NOT pair.wanted
