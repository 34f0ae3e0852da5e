-- Approved: members are looked at again.
INSERT INTO affected (parent_kind, parent, member)
SELECT 'group', parent, uuid
FROM held_chosen
WHERE entity = 'member'
