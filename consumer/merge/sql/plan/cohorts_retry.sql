-- Parked cohorts whose wanted idnumber may be freed by this batch (its holder is renamed or released) get another chance; so do those who
-- want the idnumber that one of them has, and so on: names that change hands in a ring are given when the last of the ring comes.
ANALYZE cohort_delta (uuid);

INSERT INTO cohort_delta
WITH RECURSIVE freed AS (
    SELECT holder.idnumber
    FROM cohort_delta AS delta
    CROSS JOIN LATERAL (SELECT moodle_id
                        FROM entstream.link
                        WHERE uuid = delta.uuid AND kind = 'cohort' AND source = {source}
                        LIMIT 1) AS link
    CROSS JOIN LATERAL (SELECT idnumber FROM {moodle.cohort} WHERE id = link.moodle_id LIMIT 1) AS holder
    WHERE NOT delta.present OR delta.idnumber <> holder.idnumber
    UNION
    SELECT holder.idnumber
    FROM freed
    CROSS JOIN LATERAL (SELECT uuid
                        FROM entstream.parked
                        WHERE wanted = freed.idnumber AND kind = 'cohort' AND source = {source} AND NOT refused
                        OFFSET 0) AS parked
    CROSS JOIN LATERAL (SELECT moodle_id
                        FROM entstream.link
                        WHERE uuid = parked.uuid AND kind = 'cohort' AND source = {source}
                        LIMIT 1) AS link
    CROSS JOIN LATERAL (SELECT idnumber FROM {moodle.cohort} WHERE id = link.moodle_id LIMIT 1) AS holder
)
SELECT again.*
FROM freed
CROSS JOIN LATERAL (SELECT uuid, payload
                    FROM entstream.parked
                    WHERE wanted = freed.idnumber AND kind = 'cohort' AND source = {source} AND NOT refused
                    OFFSET 0) AS parked
CROSS JOIN LATERAL jsonb_populate_record(NULL::cohort_delta, parked.payload || '{"retried": true}') AS again
WHERE NOT EXISTS (SELECT FROM cohort_delta AS newer WHERE newer.uuid = parked.uuid)
