-- The account of an entry, with the columns that a mapping can fill; Moodle's are NULL where the account is gone.
SELECT link.moodle_id, link.status, link.version, account.auth, account.suspended, account.deleted, {user.columns}
FROM entstream.link
LEFT JOIN {moodle.user} AS account ON account.id = link.moodle_id
WHERE link.uuid = {uuid} AND link.kind = 'user' AND link.source = {source}
