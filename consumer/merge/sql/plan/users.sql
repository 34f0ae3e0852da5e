-- From user_delta to user_plan: who is new enough, who is linked to what or adopts an account, what becomes of him. Who is new and lacks what
-- Moodle cannot do without waits for a better record.
-- Site administrators, the guest and accounts of another auth are protected: never written. Who leaves is suspended
-- once: an account that an administrator opens afterwards stays open. An adopted account keeps its auth where that was
-- agreed, and of its fields those that are only to be filled.
-- {at_most_one_link} lets all links be read where that is sooner (plan/users_look.sql).
-- {again} is 1 where records of the version that was applied are examined again: then who left is suspended again, but not
-- whose suspension is held or was rejected. Of those, who is as his record says needs no plan ({leaves_out_settled}): a
-- million of them are told apart here, and nothing more is done about them.
ANALYZE user_delta (uuid);

INSERT INTO user_plan
SELECT delta.uuid, delta.version, delta.present, delta.created_at, delta.problem,
       {user.planned_values},
       delta.retried,
       coalesce(link.moodle_id, adopt.user_id, -row_number() OVER ()),
       account.username,
       link.status,
       CASE
           WHEN link.uuid IS NULL THEN 'active'
           WHEN account.id IS NULL OR account.deleted <> 0 THEN 'gone_in_moodle'
           WHEN delta.present THEN 'active'
           ELSE 'left'
       END,
       link.uuid IS NOT NULL AND (account.id IS NULL OR account.deleted <> 0),
       account.id IS NOT NULL AND adopt.uuid IS NULL
           AND (account.auth <> coalesce(link.auth, {auth}) OR account.id = ANY ({protected})),
       CASE
           WHEN delta.present THEN CASE WHEN link.suspended THEN 0 END
           WHEN {suspend_leavers} AND (link.status <> 'left' OR {again} = 1 AND account.suspended = 0) THEN 1
       END,
       coalesce(NOT delta.present AND account.deleted = 0 AND account.auth = coalesce(link.auth, {auth})
       AND account.id <> ALL ({protected})
       AND CASE
               WHEN link.status = 'left' THEN
                   link.suspended AND account.suspended <> 0
                   OR {again} = 1 AND {suspend_leavers} AND account.suspended = 0
               ELSE link.suspended OR {suspend_leavers} AND account.suspended = 0
           END, false),
       adopt.uuid IS NOT NULL,
       CASE WHEN adopt.uuid IS NOT NULL AND {users.adopt.auth} IS NULL AND account.auth <> {auth} THEN account.auth END
FROM user_delta AS delta
LEFT JOIN LATERAL (SELECT *
                   FROM entstream.link
                   WHERE uuid = delta.uuid AND kind = 'user' AND source = {source}
                   {at_most_one_link}) AS link ON true
LEFT JOIN user_adopt AS adopt ON adopt.uuid = delta.uuid
LEFT JOIN LATERAL (SELECT id, auth, deleted, suspended, {user.columns}
                   FROM {moodle.user}
                   WHERE id = coalesce(link.moodle_id, adopt.user_id)
                   {at_most_one}) AS account ON true
WHERE NOT EXISTS (SELECT FROM user_adopt AS waiting WHERE waiting.uuid = delta.uuid AND waiting.reason IS NOT NULL)
  AND CASE
          WHEN link.uuid IS NULL THEN
              delta.present
              AND (adopt.uuid IS NOT NULL OR delta.problem IS NULL
                   OR num_nulls(delta.username, delta.firstname, delta.lastname, delta.email) = 0)
          WHEN delta.retried THEN link.version <= delta.version
          ELSE link.version < delta.version + {again}
               AND (delta.present OR link.status <> 'kept' OR link.version < delta.version)
               AND NOT ({leaves_out_settled} AND delta.present AND delta.problem IS NULL
                        AND link.version = delta.version AND ({user.settled})
                        AND ({user.delta_differs}) IS NOT TRUE)
      END;

ANALYZE user_plan (uuid, user_id);

-- How many leave, for the guard: those whose account would be suspended.
SELECT count(*)
FROM user_plan
WHERE NOT present AND status = 'left' AND suspend = 1 AND NOT protected
