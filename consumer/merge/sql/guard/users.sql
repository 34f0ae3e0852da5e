-- Users of the plan whose account would be suspended.
INSERT INTO removal_plan
SELECT 'user', plan.uuid, '00000000-0000-0000-0000-000000000000', 0, 0, plan.user_id, plan.version, held.found IS NOT NULL,
       account.institution
FROM user_plan AS plan
CROSS JOIN LATERAL (SELECT institution
                    FROM {moodle.user}
                    WHERE id = plan.user_id
                    LIMIT 1) AS account
LEFT JOIN LATERAL (SELECT true AS found
                   FROM entstream.held
                   WHERE uuid = plan.uuid AND entity = 'user' AND source = {source}
                   LIMIT 1) AS held ON true
WHERE NOT plan.present AND plan.status = 'left' AND plan.suspend = 1 AND NOT plan.protected
