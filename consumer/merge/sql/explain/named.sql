-- Entries whose account has this username now, or that wait for it.
SELECT link.uuid
FROM {moodle.user} AS account
JOIN entstream.link ON link.kind = 'user' AND link.moodle_id = account.id
WHERE account.username = {username}
UNION
SELECT uuid
FROM entstream.parked
WHERE kind = 'user' AND wanted = {username}
