-- The same as plan/accounts_by_key.sql, by reading all accounts, whoever asks for them: for many pairs in a site that is not
-- much larger.
INSERT INTO account_now
SELECT known.uuid, known.user_id, known.status, known.user_id < 0 OR coalesce(account.deleted = 0, false)
FROM (SELECT uuid, user_id, status
      FROM user_plan
      UNION ALL
      SELECT uuid, moodle_id, status
      FROM entstream.link AS link
      WHERE kind = 'user' AND source = {source}
        AND NOT EXISTS (SELECT FROM user_plan AS plan WHERE plan.uuid = link.uuid)) AS known
LEFT JOIN (SELECT id, deleted FROM {moodle.user} OFFSET 0) AS account ON account.id = known.user_id
