-- From cohort_lock to cohort_plan: linked cohorts of which nothing is to change but the lock, because no record of theirs is
-- planned. Released are those whose group is there; locked again also those whose group may come back.
ANALYZE cohort_lock (uuid);

INSERT INTO cohort_plan
SELECT link.uuid, link.version, link.status IN ('active', 'returning'), cohort.name, coalesce(cohort.idnumber, ''),
       coalesce(cohort.description, ''), false, NULL, NULL, NULL, true, cohort.id, cohort.idnumber, cohort.name, link.status, link.status, false, false, NULL,
       link.unlocked, NOT {locks}
FROM (SELECT DISTINCT uuid FROM cohort_lock) AS chosen
CROSS JOIN LATERAL (SELECT uuid, version, status, moodle_id, unlocked
                    FROM entstream.link
                    WHERE uuid = chosen.uuid AND kind = 'cohort' AND source = {source}
                    LIMIT 1) AS link
CROSS JOIN LATERAL (SELECT id, name, idnumber, description
                    FROM {moodle.cohort}
                    WHERE id = link.moodle_id
                    LIMIT 1) AS cohort
LEFT JOIN cohort_plan AS planned ON planned.uuid = chosen.uuid
WHERE planned.uuid IS NULL
  AND (link.status IN ('active', 'returning') OR {locks} AND link.unlocked AND link.status IN ('released', 'kept'));

ANALYZE cohort_plan (uuid, cohort_id)
