-- Role assignments that would be taken away.
INSERT INTO removal_plan
SELECT 'role_assignment', want.user_uuid, '00000000-0000-0000-0000-000000000000', want.role_id, want.context_id,
       want.user_id, {first_offset}, held.found IS NOT NULL, coalesce(account.institution, '')
FROM role_want AS want
LEFT JOIN LATERAL (SELECT institution
                   FROM {moodle.user}
                   WHERE id = want.user_id
                   LIMIT 1) AS account ON true
LEFT JOIN LATERAL (SELECT true AS found
                   FROM entstream.held
                   WHERE uuid = want.user_uuid AND entity = 'role_assignment' AND role_id = want.role_id
                     AND context_id = want.context_id AND source = {source}
                   LIMIT 1) AS held ON true
WHERE NOT want.wanted
