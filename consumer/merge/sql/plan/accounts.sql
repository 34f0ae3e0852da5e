-- From the pairs that are looked at to cohort_now: the cohort of each once the batch is in. account_now is filled by
-- plan/accounts_by_key.sql or plan/accounts_all.sql.
ANALYZE account_now (uuid);

INSERT INTO cohort_now
SELECT wanted.uuid,
       coalesce(plan.cohort_id, link.moodle_id),
       coalesce(plan.status, link.status),
       coalesce(plan.cohort_id < 0, false) OR living.found IS NOT NULL
FROM (SELECT DISTINCT parent AS uuid FROM {pairs} AS pair WHERE parent_kind = 'group') AS wanted
LEFT JOIN cohort_plan AS plan ON plan.uuid = wanted.uuid
LEFT JOIN LATERAL (SELECT moodle_id, status
                   FROM entstream.link
                   WHERE uuid = wanted.uuid AND kind = 'cohort' AND source = {source} AND plan.uuid IS NULL
                   LIMIT 1) AS link ON true
LEFT JOIN LATERAL (SELECT true AS found
                   FROM {moodle.cohort}
                   WHERE id = coalesce(plan.cohort_id, link.moodle_id)
                   LIMIT 1) AS living ON true
WHERE plan.uuid IS NOT NULL OR link.moodle_id IS NOT NULL;

ANALYZE cohort_now (uuid);

SELECT EXISTS (SELECT FROM {pairs} AS pair WHERE parent_kind = 'group') AS of_groups,
       EXISTS (SELECT FROM {pairs} AS pair WHERE parent_kind = 'role') AS of_roles
