-- Sweep: role assignments that wait for an approval, of the people between {after} and {last}, are looked at again: somebody
-- has approved them, or removed the other component's row. For no role object in particular.
INSERT INTO role_triple
SELECT known.role_id, known.context_id, link.moodle_id, known.uuid
FROM entstream.role_candidate AS known
CROSS JOIN LATERAL (SELECT moodle_id
                    FROM entstream.link
                    WHERE uuid = known.uuid AND kind = 'user' AND source = {source}
                    LIMIT 1) AS link
WHERE known.source = {source} AND known.uuid > {after} AND known.uuid <= {last};

INSERT INTO affected (parent_kind, parent, member)
SELECT DISTINCT 'role', '00000000-0000-0000-0000-000000000000'::uuid, user_uuid
FROM role_triple
