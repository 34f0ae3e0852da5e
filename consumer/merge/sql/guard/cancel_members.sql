-- Held members who are wanted again, or gone anyway: pairs that were looked at, and are not held by this plan.
INSERT INTO unheld_plan
SELECT held.place
FROM (SELECT DISTINCT parent, member FROM {pairs} AS looked_at WHERE parent_kind = 'group') AS pair
CROSS JOIN LATERAL (SELECT ctid AS place
                    FROM entstream.held
                    WHERE uuid = pair.member AND entity = 'member' AND parent = pair.parent AND source = {source}
                    LIMIT 1) AS held
WHERE NOT EXISTS (SELECT
                  FROM held_plan AS again
                  WHERE again.entity = 'member' AND again.uuid = pair.member AND again.parent = pair.parent)
