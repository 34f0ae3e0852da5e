-- What waits in entstream.parked, if anything does. Cohorts whose wanted idnumber may be freed by this batch get another
-- chance.
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
  AND NOT delta.retried AND parked.version < delta.version
