-- Held role assignments stay.
DELETE FROM role_want
USING held_plan AS held
WHERE held.entity = 'role_assignment' AND held.uuid = role_want.user_uuid AND held.role_id = role_want.role_id
  AND held.context_id = role_want.context_id
