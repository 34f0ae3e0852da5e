-- What the members of the role objects in role_work have in Moodle, or are to have, by what entstream.role_object says.
INSERT INTO role_triple (role_id, context_id, user_id)
SELECT known.role_id, known.context_id, account.moodle_id
FROM role_work AS work
CROSS JOIN LATERAL (SELECT role_id, context_id
                    FROM entstream.role_object
                    WHERE uuid = work.uuid AND source = {source}
                      AND role_id IS NOT NULL AND context_id IS NOT NULL
                    LIMIT 1) AS known
CROSS JOIN LATERAL (SELECT member_uuid
                    FROM entstream.membership
                    WHERE parent_uuid = work.uuid AND parent_kind = 'role' AND source = {source}
                    OFFSET 0) AS membership
CROSS JOIN LATERAL (SELECT moodle_id
                    FROM entstream.link
                    WHERE uuid = membership.member_uuid AND kind = 'user' AND source = {source}
                    LIMIT 1) AS account
