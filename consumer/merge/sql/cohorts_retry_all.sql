-- Sweep: every parked cohort of the source gets another chance.
INSERT INTO cohort_delta
SELECT delta.*
FROM entstream.parked AS parked,
     LATERAL jsonb_populate_record(NULL::cohort_delta, parked.payload || '{"retried": true}') AS delta
WHERE parked.source = {source} AND parked.kind = 'cohort'
