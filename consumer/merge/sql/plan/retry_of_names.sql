-- Parked users or cohorts whose wanted name ({field}) may be freed by this batch (its holder is renamed, leaves or is released)
-- get another chance; so do those who want the name that one of them has, and so on: names that change hands in a ring are
-- given when the last of the ring comes.
ANALYZE {kind}_delta (uuid);

INSERT INTO {kind}_delta
WITH RECURSIVE freed AS (
    SELECT holder.{field}
    FROM {kind}_delta AS delta
    CROSS JOIN LATERAL (SELECT moodle_id
                        FROM entstream.link
                        WHERE uuid = delta.uuid AND kind = '{kind}' AND source = {source}
                        LIMIT 1) AS link
    CROSS JOIN LATERAL (SELECT {field} FROM {holders} WHERE id = link.moodle_id LIMIT 1) AS holder
    WHERE NOT delta.present OR delta.{field} <> holder.{field}
    UNION
    SELECT holder.{field}
    FROM freed
    CROSS JOIN LATERAL (SELECT uuid
                        FROM entstream.parked
                        WHERE wanted = freed.{field} AND kind = '{kind}' AND source = {source} AND NOT refused
                        OFFSET 0) AS parked
    CROSS JOIN LATERAL (SELECT moodle_id
                        FROM entstream.link
                        WHERE uuid = parked.uuid AND kind = '{kind}' AND source = {source}
                        LIMIT 1) AS link
    CROSS JOIN LATERAL (SELECT {field} FROM {holders} WHERE id = link.moodle_id LIMIT 1) AS holder
)
SELECT again.*
FROM freed
CROSS JOIN LATERAL (SELECT uuid, payload
                    FROM entstream.parked
                    WHERE wanted = freed.{field} AND kind = '{kind}' AND source = {source} AND NOT refused
                    OFFSET 0) AS parked
CROSS JOIN LATERAL jsonb_populate_record(NULL::{kind}_delta, parked.payload || '{"retried": true}') AS again
WHERE NOT EXISTS (SELECT FROM {kind}_delta AS newer WHERE newer.uuid = parked.uuid)
