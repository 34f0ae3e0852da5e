-- Sweep: the values of profile fields that wait, of the people between {after} and {last} who have an account that is
-- written, get another chance: somebody may have made the field, or the option.
INSERT INTO profile_want
SELECT known.uuid, account.id, known.field, known.value, known.version
FROM entstream.profile_value AS known
CROSS JOIN LATERAL (SELECT moodle_id, status
                    FROM entstream.link
                    WHERE uuid = known.uuid AND kind = 'user' AND source = {source}
                    LIMIT 1) AS link
CROSS JOIN LATERAL (SELECT id, deleted, auth
                    FROM {moodle.user}
                    WHERE id = link.moodle_id
                    LIMIT 1) AS account
WHERE known.source = {source} AND known.waits IS NOT NULL AND known.uuid > {after} AND known.uuid <= {last}
  AND link.status = 'active' AND account.deleted = 0 AND account.auth = {auth} AND account.id <> ALL ({protected})
