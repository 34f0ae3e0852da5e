-- From cohort_delta: which groups are new enough, which cohort each is linked to, who wants which idnumber.
-- Only entstream's own tables are written here; mdl_cohort is read. The idnumber has no index and is not unique in
-- the database, but Moodle's pages keep it unique, and so do we.

-- Parked cohorts whose wanted idnumber may be freed by this batch get another chance.
INSERT INTO cohort_delta
SELECT again.*
FROM entstream.parked AS parked,
     LATERAL jsonb_populate_record(NULL::cohort_delta, parked.payload || '{"retried": true}') AS again
WHERE parked.source = {source}
  AND parked.kind = 'cohort'
  AND parked.wanted IN (
      SELECT holder.idnumber
      FROM cohort_delta AS delta
      JOIN entstream.link AS link ON link.source = {source} AND link.kind = 'cohort' AND link.uuid = delta.uuid
      JOIN {moodle.cohort} AS holder ON holder.id = link.moodle_id
      WHERE NOT delta.retried AND (NOT delta.present OR delta.idnumber <> holder.idnumber))
  AND NOT EXISTS (SELECT FROM cohort_delta AS newer WHERE newer.uuid = parked.uuid);

-- A newer record supersedes what waits.
DELETE FROM entstream.parked AS parked
USING cohort_delta AS delta
WHERE parked.source = {source} AND parked.kind = 'cohort' AND parked.uuid = delta.uuid
  AND NOT delta.retried AND parked.version < delta.version;

CREATE TEMP TABLE cohort_work ON COMMIT DROP AS
SELECT delta.*,
       link.moodle_id,
       cohort.idnumber AS current_name,
       link.uuid IS NOT NULL AND cohort.id IS NULL AS gone,
       link.status IN ('released', 'returning') OR delta.members_void_below > 0 AS returning
FROM cohort_delta AS delta
LEFT JOIN entstream.link AS link ON link.source = {source} AND link.kind = 'cohort' AND link.uuid = delta.uuid
LEFT JOIN {moodle.cohort} AS cohort ON cohort.id = link.moodle_id
WHERE CASE
          WHEN link.uuid IS NULL THEN delta.present
          WHEN delta.retried THEN link.version <= delta.version
          ELSE link.version < delta.version
      END;

-- A group that was away gets back its cohort, whose members stayed. Its member records follow one by one, perhaps in
-- later batches: until the watermark has moved past them nobody is removed ('returning').
UPDATE entstream.link AS link
SET version = work.version,
    status = CASE
                 WHEN work.gone THEN 'gone_in_moodle'
                 WHEN NOT work.present THEN 'released'
                 WHEN work.returning THEN 'returning'
                 ELSE 'active'
             END
FROM cohort_work AS work
WHERE link.source = {source} AND link.kind = 'cohort' AND link.uuid = work.uuid;

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
LEFT JOIN entstream.link AS holder_link ON holder_link.kind = 'cohort' AND holder_link.moodle_id = holder.id
WHERE work.present AND NOT work.gone
  AND work.idnumber IS DISTINCT FROM work.current_name AND work.idnumber <> ''
