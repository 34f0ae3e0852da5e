-- From the pairs that are looked at to account_now and cohort_now: whom each pair names in Moodle once the batch is in.
ANALYZE affected;

-- In the order of each index: a quarter less time in a large table.
INSERT INTO account_now
WITH known AS MATERIALIZED (
    SELECT wanted.uuid, coalesce(wanted.user_id, link.moodle_id) AS user_id, coalesce(wanted.status, link.status) AS status
    FROM (SELECT pair.uuid, plan.user_id, plan.status
          FROM (SELECT DISTINCT member AS uuid FROM {pairs} AS pair) AS pair
          LEFT JOIN user_plan AS plan ON plan.uuid = pair.uuid
          ORDER BY pair.uuid) AS wanted
    LEFT JOIN LATERAL (SELECT moodle_id, status
                       FROM entstream.link
                       WHERE uuid = wanted.uuid AND kind = 'user' AND source = {source} AND wanted.user_id IS NULL
                       LIMIT 1) AS link ON true
    WHERE wanted.user_id IS NOT NULL OR link.moodle_id IS NOT NULL
    ORDER BY user_id
)
SELECT known.uuid, known.user_id, known.status, known.user_id < 0 OR coalesce(account.deleted = 0, false)
FROM known
LEFT JOIN LATERAL (SELECT deleted
                   FROM {moodle.user}
                   WHERE id = known.user_id
                   LIMIT 1) AS account ON true;

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

SELECT count(*) FILTER (WHERE parent_kind = 'group') AS of_groups, count(*) FILTER (WHERE parent_kind = 'role') AS of_roles
FROM {pairs} AS pair
