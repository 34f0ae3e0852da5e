-- Names that change hands, before the new owners get them. (mnethostid, username) is checked row by row, so they go
-- through a name that nobody has. The rows are locked already.
-- Someone who left gives way to the new owner of his name; he gets it back if he returns and it is free.
UPDATE {moodle.user} AS account
SET username = left(account.username, 75) || '.left' || account.id, timemodified = {now}
FROM user_claim AS claim
WHERE account.id = claim.holder_id AND claim.yields;

UPDATE {moodle.user} AS account
SET username = 'entstream.moving.' || account.id
FROM user_claim AS claim
WHERE account.id = claim.holder_id AND NOT claim.yields
