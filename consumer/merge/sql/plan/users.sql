-- From user_delta to user_plan: who is new enough, who is linked to what, what becomes of him. Who is new and lacks what
-- Moodle cannot do without waits for a better record.
-- Site administrators, the guest and accounts of another auth are protected: never written. Who leaves is suspended
-- once: an account that an administrator opens afterwards stays open.
ANALYZE user_delta (uuid);

INSERT INTO user_plan
SELECT delta.*,
       coalesce(link.moodle_id, -row_number() OVER ()),
       account.username,
       link.status,
       CASE
           WHEN link.uuid IS NULL THEN 'active'
           WHEN account.id IS NULL OR account.deleted <> 0 THEN 'gone_in_moodle'
           WHEN delta.present THEN 'active'
           ELSE 'left'
       END,
       link.uuid IS NOT NULL AND (account.id IS NULL OR account.deleted <> 0),
       account.id IS NOT NULL AND (account.auth <> {auth} OR account.id = ANY ({protected})),
       CASE
           WHEN delta.present THEN CASE WHEN link.suspended THEN 0 END
           WHEN {suspend_leavers} AND link.status <> 'left' THEN 1
       END,
       coalesce(NOT delta.present AND account.deleted = 0 AND account.auth = {auth} AND account.id <> ALL ({protected})
       AND CASE
               WHEN link.status = 'left' THEN link.suspended AND account.suspended <> 0
               ELSE link.suspended OR {suspend_leavers} AND account.suspended = 0
           END, false)
FROM user_delta AS delta
LEFT JOIN LATERAL (SELECT *
                   FROM entstream.link
                   WHERE uuid = delta.uuid AND kind = 'user' AND source = {source}
                   LIMIT 1) AS link ON true
LEFT JOIN LATERAL (SELECT id, username, auth, deleted, suspended
                   FROM {moodle.user}
                   WHERE id = link.moodle_id
                   LIMIT 1) AS account ON true
WHERE CASE
          WHEN link.uuid IS NULL THEN
              delta.present
              AND (delta.problem IS NULL
                   OR num_nulls(delta.username, delta.firstname, delta.lastname, delta.email) = 0)
          WHEN delta.retried THEN link.version <= delta.version
          ELSE link.version < delta.version
      END;

ANALYZE user_plan (uuid, user_id);

-- How many leave, for the guard: those whose account would be suspended.
SELECT count(*)
FROM user_plan
WHERE NOT present AND status = 'left' AND suspend = 1 AND NOT protected
