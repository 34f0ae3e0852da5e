-- Parked users whose wanted name may be freed by this batch (its holder is renamed or leaves) get another chance; so do those who
-- want the name that one of them has, and so on: names that change hands in a ring are given when the last of the ring comes.
ANALYZE user_delta (uuid);

INSERT INTO user_delta
WITH RECURSIVE freed AS (
    SELECT holder.username
    FROM user_delta AS delta
    CROSS JOIN LATERAL (SELECT moodle_id
                        FROM entstream.link
                        WHERE uuid = delta.uuid AND kind = 'user' AND source = {source}
                        LIMIT 1) AS link
    CROSS JOIN LATERAL (SELECT username FROM {moodle.user} WHERE id = link.moodle_id LIMIT 1) AS holder
    WHERE NOT delta.present OR delta.username <> holder.username
    UNION
    SELECT holder.username
    FROM freed
    CROSS JOIN LATERAL (SELECT uuid
                        FROM entstream.parked
                        WHERE wanted = freed.username AND kind = 'user' AND source = {source} AND NOT refused
                        OFFSET 0) AS parked
    CROSS JOIN LATERAL (SELECT moodle_id
                        FROM entstream.link
                        WHERE uuid = parked.uuid AND kind = 'user' AND source = {source}
                        LIMIT 1) AS link
    CROSS JOIN LATERAL (SELECT username FROM {moodle.user} WHERE id = link.moodle_id LIMIT 1) AS holder
)
SELECT again.*
FROM freed
CROSS JOIN LATERAL (SELECT uuid, payload
                    FROM entstream.parked
                    WHERE wanted = freed.username AND kind = 'user' AND source = {source} AND NOT refused
                    OFFSET 0) AS parked
CROSS JOIN LATERAL jsonb_populate_record(NULL::user_delta, parked.payload || '{"retried": true}') AS again
WHERE NOT EXISTS (SELECT FROM user_delta AS newer WHERE newer.uuid = parked.uuid)
