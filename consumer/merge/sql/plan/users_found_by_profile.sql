-- From user_wanting to user_candidate: whose account has the ID number in the profile field {field}, among those for whom
-- nothing surer has found one. Moodle has no index on what profile fields hold: one look at all that this one holds.
INSERT INTO user_candidate
SELECT wanting.uuid, {key}, {place}, account.id
FROM user_wanting AS wanting
JOIN {moodle.user_info_data} AS info
    ON info.data = wanting.idnumber
       AND info.fieldid IN (SELECT id FROM {moodle.user_info_field} WHERE shortname = {field})
JOIN {moodle.user} AS account ON account.id = info.userid AND account.deleted = 0 AND account.mnethostid = {mnet_host}
LEFT JOIN LATERAL (SELECT uuid, status
                   FROM entstream.link
                   WHERE moodle_id = account.id AND kind = 'user'
                   LIMIT 1) AS link ON true
WHERE wanting.idnumber <> ''
  AND NOT EXISTS (SELECT FROM user_candidate AS surer WHERE surer.uuid = wanting.uuid)
  AND coalesce(link.status, '') <> 'left'
  AND NOT EXISTS (SELECT FROM user_delta AS leaver WHERE leaver.uuid = link.uuid AND NOT leaver.present);

ANALYZE user_candidate (uuid)
