-- From cohort_delta: which groups are new enough, which cohort each is linked to, who wants which idnumber.
-- Only entstream's own tables are written here; mdl_cohort is read. The idnumber has no index and is not unique in
-- the database, but Moodle's pages keep it unique, and so do we.
ANALYZE cohort_delta (uuid);

CREATE TEMP TABLE cohort_work ON COMMIT DROP AS
SELECT delta.*,
       link.moodle_id,
       cohort.idnumber AS current_name,
       cohort.name AS current_title,
       link.uuid IS NOT NULL AND cohort.id IS NULL AS gone,
       link.status AS former_status
FROM cohort_delta AS delta
LEFT JOIN LATERAL (SELECT *
                   FROM entstream.link
                   WHERE uuid = delta.uuid AND kind = 'cohort' AND source = {source}
                   LIMIT 1) AS link ON true
LEFT JOIN LATERAL (SELECT id, name, idnumber
                   FROM {moodle.cohort}
                   WHERE id = link.moodle_id
                   LIMIT 1) AS cohort ON true
WHERE CASE
          WHEN link.uuid IS NULL THEN
              delta.present AND (delta.problem IS NULL OR delta.name <> '' AND delta.idnumber <> '')
          WHEN delta.retried THEN link.version <= delta.version
          ELSE link.version < delta.version
      END;

ANALYZE cohort_work (uuid);

-- What could not be mapped stays as it is in Moodle.
UPDATE cohort_work
SET name = CASE WHEN name = '' THEN current_title ELSE name END,
    idnumber = CASE WHEN idnumber = '' THEN current_name ELSE idnumber END
WHERE problem IS NOT NULL AND NOT gone;

-- A group that was away gets back its cohort, whose members stayed. If it was deleted meanwhile, its member records
-- follow one by one, perhaps in later batches: until the watermark has moved past them nobody is removed ('returning').
INSERT INTO entstream.link AS link (source, kind, uuid, moodle_id, status, version)
SELECT {source}, 'cohort', uuid, moodle_id,
       CASE
           WHEN gone THEN 'gone_in_moodle'
           WHEN NOT present THEN 'released'
           WHEN former_status IN ('released', 'returning') THEN 'returning'
           ELSE 'active'
       END,
       version
FROM cohort_work
WHERE moodle_id IS NOT NULL
ON CONFLICT (uuid, kind, source) DO UPDATE
SET status = excluded.status, version = excluded.version;

-- Who wants an idnumber that his cohort does not have, who holds it, and whether the holder must give way: released.
CREATE TEMP TABLE cohort_claim ON COMMIT DROP AS
SELECT work.uuid,
       work.moodle_id,
       work.idnumber AS wanted,
       holder.id AS holder_id,
       coalesce(holder_link.status = 'released', false) AS yields,
       dense_rank() OVER (PARTITION BY work.idnumber ORDER BY work.uuid) AS rank
FROM cohort_work AS work
LEFT JOIN {moodle.cohort} AS holder ON holder.idnumber = work.idnumber
LEFT JOIN LATERAL (SELECT status
                   FROM entstream.link
                   WHERE moodle_id = holder.id AND kind = 'cohort'
                   LIMIT 1) AS holder_link ON true
WHERE work.present AND NOT work.gone
  AND work.idnumber IS DISTINCT FROM work.current_name AND work.idnumber <> ''
