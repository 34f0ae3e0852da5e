-- From user_plan to user_change: accounts that differ from what the directory says: changed, suspended, revived,
-- renamed, adopted.
INSERT INTO user_change
SELECT account.id, plan.uuid,
       CASE
           WHEN plan.adopted THEN 'adopted'
           WHEN account.suspended = 0 AND plan.suspend = 1 THEN 'suspended'
           WHEN account.suspended = 1 AND plan.suspend = 0 THEN 'revived'
           ELSE 'updated'
       END,
       CASE WHEN account.suspended <> plan.suspend
            THEN jsonb_build_object('suspended', jsonb_build_array(account.suspended, plan.suspend)) ELSE '{}' END
       || CASE WHEN plan.present THEN {user.changes} ELSE '{}' END
       || CASE WHEN plan.adopted AND account.auth <> {users.adopt.auth}
               THEN jsonb_build_object('auth', jsonb_build_array(account.auth, {users.adopt.auth})) ELSE '{}' END
       || CASE WHEN plan.adopted AND {users.adopt.clears_password} AND account.password <> 'not cached'
               THEN '{"password": ["(not shown)", "not cached"]}'::jsonb ELSE '{}' END,
       {user.plan_columns},
       CASE WHEN plan.adopted THEN {users.adopt.auth} END,
       CASE WHEN plan.adopted AND {users.adopt.clears_password} THEN 'not cached' END
FROM user_plan AS plan
CROSS JOIN LATERAL (SELECT *
                    FROM {moodle.user}
                    WHERE id = plan.user_id
                    LIMIT 1) AS account
WHERE plan.user_id > 0 AND NOT plan.gone AND NOT plan.protected
  AND (plan.adopted OR account.suspended <> plan.suspend OR plan.present AND ({user.differs}));

ANALYZE user_change (user_id);

-- Counts for the summary and for the steps that follow.
SELECT count(*) FILTER (WHERE user_id < 0) AS new,
       (SELECT count(*) FROM user_change) AS changed,
       count(*) FILTER (WHERE adopted) AS adopted,
       count(*) FILTER (WHERE gone) AS gone,
       count(*) FILTER (WHERE protected AND NOT gone) AS spared
FROM user_plan
