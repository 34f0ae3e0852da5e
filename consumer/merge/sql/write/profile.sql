-- From profile_plan to mdl_user_info_data and entstream.profile_value. No event and no log row, as in Moodle. Who left
-- keeps in Moodle what he has; what was desired is forgotten.
INSERT INTO {moodle.user_info_data} AS current (userid, fieldid, data, dataformat)
SELECT user_id, field_id, data, 0
FROM profile_plan
WHERE data IS NOT NULL AND user_id > 0
ORDER BY user_id, field_id
ON CONFLICT (userid, fieldid) DO UPDATE SET data = excluded.data;

INSERT INTO entstream.profile_value AS known (source, uuid, field, value, waits, version, field_id)
SELECT {source}, uuid, field, value, waits, version, field_id
FROM profile_plan
ON CONFLICT (uuid, field, source) DO UPDATE
SET value = excluded.value, waits = excluded.waits, version = excluded.version, field_id = excluded.field_id;

DELETE FROM entstream.profile_value
WHERE ctid = ANY (ARRAY(SELECT known.place
                        FROM user_plan AS plan
                        CROSS JOIN LATERAL (SELECT ctid AS place
                                            FROM entstream.profile_value
                                            WHERE uuid = plan.uuid AND source = {source}
                                            OFFSET 0) AS known
                        WHERE NOT plan.present));

-- Whose account changed in nothing else.
SELECT 'updated', count(DISTINCT plan.user_id)
FROM profile_plan AS plan
WHERE plan.data IS NOT NULL AND plan.user_id > 0
  AND NOT EXISTS (SELECT FROM user_change AS change WHERE change.user_id = plan.user_id)
  AND NOT EXISTS (SELECT FROM user_new AS new WHERE new.user_id = plan.user_id)
