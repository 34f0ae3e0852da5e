-- From user_change and user_claim to mdl_user. Rows are locked in id order before any of them is written.
SELECT count(*)
FROM (SELECT id
      FROM {moodle.user}
      WHERE id IN (SELECT user_id FROM user_change WHERE changes <> '{}' UNION ALL SELECT holder_id FROM user_claim)
      ORDER BY id
      FOR UPDATE) AS locked;

-- Names that change hands, before the new owners get them. (mnethostid, username) is checked row by row, so they go
-- through a name that nobody has.
-- Someone who left gives way to the new owner of his name; he gets it back if he returns and it is free.
UPDATE {moodle.user} AS account
SET username = left(account.username, 75) || '.left' || account.id, timemodified = {now}
FROM user_claim AS claim
WHERE account.id = claim.holder_id AND claim.yields;

UPDATE {moodle.user} AS account
SET username = 'entstream.moving.' || account.id
FROM user_claim AS claim
WHERE account.id = claim.holder_id AND NOT claim.yields;

UPDATE {moodle.user} AS account
SET {user.assignments},
    auth = coalesce(change.auth, account.auth),
    password = coalesce(change.password, account.password),
    suspended = CASE change.action WHEN 'suspended' THEN 1 WHEN 'revived' THEN 0 ELSE account.suspended END,
    timemodified = {now}
FROM user_change AS change
WHERE account.id = change.user_id AND change.changes <> '{}';

SELECT action, count(*) FROM user_change GROUP BY action
