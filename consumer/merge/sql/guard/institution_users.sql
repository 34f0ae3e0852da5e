-- Accounts that the source has, of the institutions that may lose too many.
SELECT account.institution, count(*)
FROM {moodle.user} AS account
JOIN entstream.link ON link.moodle_id = account.id AND link.kind = 'user'
WHERE link.source = {source} AND link.status IN ('active', 'kept')
  AND account.institution IN (SELECT part.part FROM guard_part AS part WHERE {guard.undecided})
GROUP BY account.institution
