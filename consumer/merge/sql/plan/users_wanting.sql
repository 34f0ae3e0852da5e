-- From user_delta to user_wanting: who is in the directory and has no account of ours.
ANALYZE user_delta (uuid);

INSERT INTO user_wanting
SELECT delta.uuid, delta.created_at, delta.username, delta.idnumber, delta.email
FROM user_delta AS delta
LEFT JOIN LATERAL (SELECT uuid
                   FROM entstream.link
                   WHERE uuid = delta.uuid AND kind = 'user' AND source = {source}
                   LIMIT 1) AS link ON true
WHERE delta.present AND link.uuid IS NULL;

ANALYZE user_wanting (uuid);

SELECT EXISTS (SELECT FROM user_wanting) AS wanting
