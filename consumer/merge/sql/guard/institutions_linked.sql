-- To guard_part: how many accounts, memberships or role assignments those institutions have, with what the window let through. One
-- look at all accounts: Moodle has no index on their institution.
UPDATE guard_part
SET linked = guard_part.let_through + counted.objects
FROM ({guard.institution_objects}) AS counted (part, objects)
WHERE guard_part.entity = '{entity}' AND counted.part = guard_part.part
