-- From cohort_delta to cohort_adopt: groups that are not linked yet, and the cohort of Moodle that has the same {key}. Why
-- one is not adopted: it waits in entstream.parked. Released cohorts are not found: they give way. mdl_cohort has no index on
-- what they are found by: one look at the table, where a group is new.
ANALYZE cohort_delta (uuid);

INSERT INTO cohort_adopt
WITH wanting AS MATERIALIZED (
    SELECT delta.uuid, delta.{key}
    FROM cohort_delta AS delta
    LEFT JOIN LATERAL (SELECT uuid
                       FROM entstream.link
                       WHERE uuid = delta.uuid AND kind = 'cohort' AND source = {source}
                       LIMIT 1) AS link ON true
    WHERE delta.present AND link.uuid IS NULL AND delta.{key} <> ''
), looked_at AS MATERIALIZED (
    SELECT wanting.uuid, cohort.id, parked.approved,
           CASE
               WHEN count(*) OVER (PARTITION BY wanting.uuid) > 1 THEN 'several cohorts have it'
               WHEN link.uuid IS NOT NULL THEN 'the cohort is another group''s'
               WHEN cohort.component <> ALL ({cohorts.adopt.components})
               THEN 'the cohort has component ''' || cohort.component || ''', which cohorts.adopt.components does not list'
           END AS obstacle
    FROM wanting
    JOIN (SELECT id, component, {key}
          FROM {moodle.cohort}
          WHERE (SELECT EXISTS (SELECT FROM wanting))) AS cohort ON cohort.{key} = wanting.{key}
    LEFT JOIN LATERAL (SELECT uuid, status
                       FROM entstream.link
                       WHERE moodle_id = cohort.id AND kind = 'cohort'
                       LIMIT 1) AS link ON true
    LEFT JOIN LATERAL (SELECT approved
                       FROM entstream.parked
                       WHERE uuid = wanting.uuid AND kind = 'cohort' AND source = {source}
                       LIMIT 1) AS parked ON true
    WHERE coalesce(link.status, '') <> 'released'
      AND NOT EXISTS (SELECT FROM cohort_delta AS leaver WHERE leaver.uuid = link.uuid AND NOT leaver.present)
), ranked AS (
    SELECT *, row_number() OVER (PARTITION BY id, obstacle IS NULL ORDER BY uuid) AS rank
    FROM looked_at
)
SELECT DISTINCT ON (uuid)
       uuid, id,
       'cohort found by {key}, not adopted: '
       || CASE
              WHEN obstacle IS NOT NULL THEN obstacle
              WHEN rank > 1 THEN 'another group of the directory has it too'
              WHEN {cohorts.adopt.asks} AND approved IS DISTINCT FROM id THEN 'waits for approval'
          END
FROM ranked
ORDER BY uuid, id;

ANALYZE cohort_adopt (uuid);

-- Which has waited goes on waiting, and only another reason is news.
INSERT INTO park_plan
SELECT 'cohort', delta.uuid, adopt.reason, delta.idnumber, to_jsonb(delta), delta.version, adopt.cohort_id
FROM cohort_adopt AS adopt
JOIN cohort_delta AS delta ON delta.uuid = adopt.uuid
LEFT JOIN LATERAL (SELECT reason, candidate
                   FROM entstream.parked
                   WHERE uuid = delta.uuid AND kind = 'cohort' AND source = {source} AND delta.retried
                   LIMIT 1) AS known ON true
WHERE adopt.reason IS NOT NULL
  AND (adopt.reason IS DISTINCT FROM known.reason OR adopt.cohort_id IS DISTINCT FROM known.candidate);

DELETE FROM cohort_delta AS delta
USING cohort_adopt AS adopt
WHERE adopt.uuid = delta.uuid AND adopt.reason IS NOT NULL AND delta.retried;

SELECT count(*) AS parked FROM park_plan WHERE kind = 'cohort'
