-- The account that is meant by a username, an ID number, an e-mail address or its id, in this order, and the entry that it is
-- linked to. Reads only.
SELECT account.place, account.id, link.source, link.uuid, link.version
FROM (SELECT 1 AS place, id FROM {moodle.user} WHERE username = {lower} AND deleted = 0
      UNION ALL
      SELECT 2, id FROM {moodle.user} WHERE idnumber = {name} AND idnumber <> '' AND deleted = 0
      UNION ALL
      SELECT 3, id FROM {moodle.user} WHERE email IN ({name}, {lower}) AND email <> '' AND deleted = 0
      UNION ALL
      SELECT 4, id FROM {moodle.user} WHERE id = {number}) AS account
LEFT JOIN entstream.link ON link.moodle_id = account.id AND link.kind = 'user' AND link.source = ANY ({sources})
ORDER BY account.place, account.id
LIMIT 10
