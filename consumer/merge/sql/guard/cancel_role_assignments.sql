-- Held role assignments that are wanted again, or gone anyway: those that were looked at, and are not held by this plan.
INSERT INTO unheld_plan
SELECT held.place
FROM role_triple AS triple
CROSS JOIN LATERAL (SELECT ctid AS place
                    FROM entstream.held
                    WHERE uuid = triple.user_uuid AND entity = 'role_assignment' AND role_id = triple.role_id
                      AND context_id = triple.context_id AND source = {source}
                    LIMIT 1) AS held
WHERE NOT EXISTS (SELECT
                  FROM held_plan AS again
                  WHERE again.entity = 'role_assignment' AND again.uuid = triple.user_uuid
                    AND again.role_id = triple.role_id AND again.context_id = triple.context_id)
