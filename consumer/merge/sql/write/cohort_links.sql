-- What entstream remembers of the groups that have a cohort.
INSERT INTO entstream.link AS link (source, kind, uuid, moodle_id, status, version, adopted, unlocked)
SELECT {source}, 'cohort', uuid, cohort_id, status, version, adopted, unlocked
FROM cohort_plan
WHERE cohort_id > 0
ON CONFLICT (uuid, kind, source) DO UPDATE
SET status = excluded.status, version = excluded.version, unlocked = excluded.unlocked
