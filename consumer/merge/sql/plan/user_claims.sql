-- From user_plan to user_claim: who wants a name that he does not have, who holds it, and whether the holder must give
-- way: he left the directory, in this batch or before.
INSERT INTO user_claim
SELECT uuid, user_id, username, holder_id, yields, rank
FROM (SELECT plan.uuid, plan.user_id, plan.username, holder.id AS holder_id,
             coalesce(coalesce(mover.status, holder_link.status) = 'left'
                      AND holder.auth = coalesce(holder_link.auth, {auth}) AND holder.deleted = 0
                      AND holder.id <> ALL ({protected}), false) AS yields,
             row_number() OVER (PARTITION BY plan.username
                                ORDER BY nullif(plan.created_at, '') NULLS LAST, plan.uuid) AS rank
      FROM user_plan AS plan
      LEFT JOIN LATERAL (SELECT id, auth, deleted
                         FROM {moodle.user}
                         WHERE mnethostid = {mnet_host} AND username = plan.username
                         LIMIT 1) AS holder ON true
      LEFT JOIN LATERAL (SELECT status, auth
                         FROM entstream.link
                         WHERE moodle_id = holder.id AND kind = 'user'
                         LIMIT 1) AS holder_link ON true
      LEFT JOIN user_plan AS mover ON mover.user_id = holder.id
      WHERE plan.present AND NOT plan.gone AND NOT plan.protected
        AND plan.username IS DISTINCT FROM plan.current_name AND plan.username IS NOT NULL) AS claim
WHERE user_id > 0 OR holder_id IS NOT NULL OR rank > 1;

SELECT count(*) FILTER (WHERE rank > 1 OR holder_id IS NOT NULL) AS contested
FROM user_claim
