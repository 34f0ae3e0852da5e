-- Approved: role assignments are looked at again. Their users are too, for no role object in particular.
INSERT INTO role_triple
SELECT role_id, context_id, moodle_id, uuid
FROM held_chosen
WHERE entity = 'role_assignment';

INSERT INTO affected (parent_kind, parent, member)
SELECT 'role', '00000000-0000-0000-0000-000000000000', uuid
FROM held_chosen
WHERE entity = 'role_assignment'
