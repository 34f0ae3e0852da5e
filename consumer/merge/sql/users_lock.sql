-- Accounts that differ from what the directory says: changed, suspended, revived, renamed.
-- Rows are locked in id order before any of them is written.
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

ANALYZE user_change (id);

SELECT count(*)
FROM (SELECT id
      FROM {moodle.user}
      WHERE id IN (SELECT id FROM user_change UNION ALL SELECT holder_id FROM user_claim)
      ORDER BY id
      FOR UPDATE) AS locked
