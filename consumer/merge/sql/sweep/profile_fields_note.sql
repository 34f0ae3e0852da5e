-- Sweep: notes the ids of profile fields, once no value of a former one is left.
INSERT INTO entstream.property AS property (name, value)
SELECT 'profile_field/' || {source} || '/' || field.shortname, min(field.id)::text
FROM {moodle.user_info_field} AS field
WHERE field.shortname = ANY ({profile.fields})
GROUP BY field.shortname
ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE property.value <> excluded.value
