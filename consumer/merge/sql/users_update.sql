-- Accounts that differ from what the directory says: changed, suspended, revived, renamed.
-- Rows are locked in id order before any of them is written. (mnethostid, username) is checked row by row, so names
-- that change hands go through a name that nobody has.
CREATE TEMP TABLE user_change ON COMMIT DROP AS
SELECT account.id,
       CASE
           WHEN account.suspended = 0 AND work.suspend = 1 THEN 'suspended'
           WHEN account.suspended = 1 AND work.suspend = 0 THEN 'revived'
           ELSE 'updated'
       END AS action,
       work.username, work.idnumber, work.firstname, work.lastname, work.email, work.institution, work.department,
       work.phone1, work.phone2, work.address, work.city, work.country, work.lang
FROM user_work AS work
JOIN {moodle.user} AS account ON account.id = work.moodle_id
WHERE NOT work.gone AND NOT work.protected
  AND (account.suspended <> work.suspend
       OR work.present AND (
           account.username <> work.username OR account.idnumber <> work.idnumber OR account.firstname <> work.firstname
           OR account.lastname <> work.lastname OR account.email <> work.email
           OR account.institution <> work.institution OR account.department <> work.department
           OR account.phone1 <> work.phone1 OR account.phone2 <> work.phone2
           OR account.address <> work.address OR account.city <> work.city
           OR account.country <> work.country OR account.lang <> work.lang));

SELECT count(*)
FROM (SELECT id
      FROM {moodle.user}
      WHERE id IN (SELECT id FROM user_change UNION ALL SELECT holder_id FROM user_claim)
      ORDER BY id
      FOR UPDATE) AS locked;

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
SET username = coalesce(change.username, account.username),
    idnumber = coalesce(change.idnumber, account.idnumber),
    firstname = coalesce(change.firstname, account.firstname),
    lastname = coalesce(change.lastname, account.lastname),
    email = coalesce(change.email, account.email),
    institution = coalesce(change.institution, account.institution),
    department = coalesce(change.department, account.department),
    phone1 = coalesce(change.phone1, account.phone1),
    phone2 = coalesce(change.phone2, account.phone2),
    address = coalesce(change.address, account.address),
    city = coalesce(change.city, account.city),
    country = coalesce(change.country, account.country),
    lang = coalesce(change.lang, account.lang),
    suspended = CASE change.action WHEN 'suspended' THEN 1 WHEN 'revived' THEN 0 ELSE account.suspended END,
    timemodified = {now}
FROM user_change AS change
WHERE account.id = change.id;

-- Moodle makes contexts of users when it first needs them: an account from elsewhere may have none.
INSERT INTO {moodle.context} (id, contextlevel, instanceid, path, depth)
SELECT new.id, 30, new.user_id, '/' || {system_context} || '/' || new.id, 2
FROM (SELECT change.id AS user_id, nextval({sequence.context}) AS id
      FROM user_change AS change
      WHERE change.action = 'revived'
        AND NOT EXISTS (SELECT
                        FROM {moodle.context} AS context
                        WHERE context.contextlevel = 30 AND context.instanceid = change.id)) AS new;

-- Sessions of the suspended are deleted after the commit.
INSERT INTO entstream.touch (kind, subject)
SELECT 'session', id FROM user_change WHERE action = 'suspended';

SELECT action, count(*) FROM user_change GROUP BY action
