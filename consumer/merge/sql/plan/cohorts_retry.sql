-- Parked cohorts whose wanted idnumber may be freed by this batch (its holder is renamed or released) get another chance.
ANALYZE cohort_delta (uuid);

INSERT INTO cohort_delta
SELECT again.*
FROM (SELECT DISTINCT holder.idnumber
      FROM cohort_delta AS delta
      CROSS JOIN LATERAL (SELECT moodle_id
                          FROM entstream.link
                          WHERE uuid = delta.uuid AND kind = 'cohort' AND source = {source}
                          LIMIT 1) AS link
      CROSS JOIN LATERAL (SELECT idnumber FROM {moodle.cohort} WHERE id = link.moodle_id LIMIT 1) AS holder
      WHERE NOT delta.present OR delta.idnumber <> holder.idnumber) AS freed
CROSS JOIN LATERAL (SELECT uuid, payload
                    FROM entstream.parked
                    WHERE wanted = freed.idnumber AND kind = 'cohort' AND source = {source} AND NOT refused
                    OFFSET 0) AS parked
CROSS JOIN LATERAL jsonb_populate_record(NULL::cohort_delta, parked.payload || '{"retried": true}') AS again
WHERE NOT EXISTS (SELECT FROM cohort_delta AS newer WHERE newer.uuid = parked.uuid)
