-- A part of a condition: of a linked account (link, account) that is as it is to be as far as its fields say nothing else. Who leaves,
-- comes back, is gone, was suspended by us or is protected is never left out of a plan.
link.status = 'active' AND NOT link.suspended
AND coalesce(account.deleted = 0 AND account.auth = coalesce(link.auth, {auth}), false)
AND account.id <> ALL ({protected})
