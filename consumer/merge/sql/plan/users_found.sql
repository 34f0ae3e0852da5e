-- From user_wanting to user_candidate: whose account has the same {key}, among those for whom nothing surer has found one.
-- Accounts of persons who left are not found: they keep what they have. Nor are deleted ones, but by their username: nobody
-- else can have it.
INSERT INTO user_candidate
SELECT wanting.uuid, '{key}', {place}, account.id
FROM user_wanting AS wanting
CROSS JOIN LATERAL (SELECT id
                    FROM {moodle.user}
                    WHERE {key} IN (wanting.{key}, lower(wanting.{key})) AND mnethostid = {mnet_host} AND (deleted = 0 OR '{key}' = 'username')
                    OFFSET 0) AS account
LEFT JOIN LATERAL (SELECT uuid, status
                   FROM entstream.link
                   WHERE moodle_id = account.id AND kind = 'user'
                   LIMIT 1) AS link ON true
WHERE wanting.{key} <> ''
  AND NOT EXISTS (SELECT FROM user_candidate AS surer WHERE surer.uuid = wanting.uuid)
  AND coalesce(link.status, '') <> 'left'
  AND NOT EXISTS (SELECT FROM user_delta AS leaver WHERE leaver.uuid = link.uuid AND NOT leaver.present);

ANALYZE user_candidate (uuid)
