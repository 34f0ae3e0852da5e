-- What the affected pairs of role objects mean in Moodle.
ANALYZE affected (parent);

INSERT INTO role_triple (role_id, context_id, user_id)
SELECT known.role_id, known.context_id, account.moodle_id
FROM affected
CROSS JOIN LATERAL (SELECT role_id, context_id
                    FROM entstream.role_object
                    WHERE uuid = affected.parent AND source = {source}
                      AND role_id IS NOT NULL AND context_id IS NOT NULL
                    LIMIT 1) AS known
CROSS JOIN LATERAL (SELECT moodle_id
                    FROM entstream.link
                    WHERE uuid = affected.member AND kind = 'user' AND source = {source}
                    LIMIT 1) AS account
WHERE affected.parent_kind = 'role'
