-- The same as plan/accounts_by_key.sql, by reading all accounts: for many pairs in a site that is not much larger.
INSERT INTO account_now
SELECT known.uuid, known.user_id, known.status, known.user_id < 0 OR coalesce(account.deleted = 0, false)
FROM (SELECT wanted.uuid, coalesce(plan.user_id, link.moodle_id) AS user_id, coalesce(plan.status, link.status) AS status
      FROM (SELECT DISTINCT member AS uuid FROM {pairs} AS pair) AS wanted
      LEFT JOIN user_plan AS plan ON plan.uuid = wanted.uuid
      LEFT JOIN (SELECT uuid, moodle_id, status
                 FROM entstream.link
                 WHERE kind = 'user' AND source = {source}
                 OFFSET 0) AS link ON link.uuid = wanted.uuid
      WHERE plan.uuid IS NOT NULL OR link.uuid IS NOT NULL) AS known
LEFT JOIN (SELECT id, deleted FROM {moodle.user} OFFSET 0) AS account ON account.id = known.user_id
