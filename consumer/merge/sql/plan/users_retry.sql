-- Parked users whose wanted name may be freed by this batch (its holder is renamed or leaves) get another chance.
ANALYZE user_delta (uuid);

INSERT INTO user_delta
SELECT again.*
FROM (SELECT DISTINCT holder.username
      FROM user_delta AS delta
      CROSS JOIN LATERAL (SELECT moodle_id
                          FROM entstream.link
                          WHERE uuid = delta.uuid AND kind = 'user' AND source = {source}
                          LIMIT 1) AS link
      CROSS JOIN LATERAL (SELECT username FROM {moodle.user} WHERE id = link.moodle_id LIMIT 1) AS holder
      WHERE NOT delta.present OR delta.username <> holder.username) AS freed
CROSS JOIN LATERAL (SELECT uuid, payload
                    FROM entstream.parked
                    WHERE wanted = freed.username AND kind = 'user' AND source = {source} AND NOT refused
                    OFFSET 0) AS parked
CROSS JOIN LATERAL jsonb_populate_record(NULL::user_delta, parked.payload || '{"retried": true}') AS again
WHERE NOT EXISTS (SELECT FROM user_delta AS newer WHERE newer.uuid = parked.uuid)
