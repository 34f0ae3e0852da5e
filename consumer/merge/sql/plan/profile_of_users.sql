-- From profile_delta and user_plan to profile_want: what custom profile fields are to have, for the users whose record is
-- new enough. Who has no account (he waits for his name), or one that is not written (protected, gone), has no user_id.
-- For who gets his account after waiting, what was stored when he came counts.
ANALYZE profile_delta;

INSERT INTO profile_want
SELECT delta.uuid, CASE WHEN plan.present AND NOT plan.gone AND NOT plan.protected THEN plan.user_id END,
       delta.field, delta.value, delta.version
FROM profile_delta AS delta
LEFT JOIN user_plan AS plan ON plan.uuid = delta.uuid
LEFT JOIN LATERAL (SELECT version
                   FROM entstream.profile_value
                   WHERE uuid = delta.uuid AND field = delta.field AND source = {source}
                   LIMIT 1) AS known ON true
WHERE coalesce(known.version < delta.version + {again}, true);

INSERT INTO profile_want
SELECT plan.uuid, plan.user_id, known.field, known.value, known.version
FROM user_plan AS plan
CROSS JOIN LATERAL (SELECT field, value, version
                    FROM entstream.profile_value
                    WHERE uuid = plan.uuid AND source = {source}
                    OFFSET 0) AS known
WHERE plan.retried AND plan.present AND NOT plan.gone AND NOT plan.protected
