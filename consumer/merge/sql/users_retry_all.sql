-- Sweep: every parked user of the source gets another chance.
INSERT INTO user_delta
SELECT delta.*
FROM entstream.parked AS parked,
     LATERAL jsonb_populate_record(NULL::user_delta, parked.payload || '{"retried": true}') AS delta
WHERE parked.source = {source} AND parked.kind = 'user'
