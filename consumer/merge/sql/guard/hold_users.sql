-- Held users keep account and name; their link moves to the version of the record that says that they left.
UPDATE user_plan
SET status = 'kept', suspend = NULL, suspended_by_us = false
FROM held_plan AS held
WHERE held.entity = 'user' AND held.uuid = user_plan.uuid
