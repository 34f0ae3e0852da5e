-- Without the name: a new user waits as a whole, an existing account gets everything but the name.
DELETE FROM user_claim WHERE uuid IN (SELECT uuid FROM user_blocked);
DELETE FROM user_work WHERE moodle_id IS NULL AND uuid IN (SELECT uuid FROM user_blocked);
UPDATE user_work SET username = NULL WHERE uuid IN (SELECT uuid FROM user_blocked)
