-- From user_change to mdl_user. The rows are locked already.
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

SELECT action, count(*) FROM user_change GROUP BY action
