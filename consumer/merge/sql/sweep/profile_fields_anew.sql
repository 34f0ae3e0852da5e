-- Sweep: values of profile fields that were deleted in Moodle and made anew wait again, at the most {portion} at a time, so that
-- the sweep fills them. entstream.property has the id of each field; the first time it is only noted.
UPDATE entstream.profile_value AS known
SET waits = 'the profile field was made anew'
FROM (SELECT place, field_id
      FROM (SELECT DISTINCT ON (field.shortname) field.shortname, field.id AS field_id
            FROM {moodle.user_info_field} AS field
            WHERE field.shortname = ANY ({profile.fields})
            ORDER BY field.shortname, field.id) AS field
      JOIN entstream.property ON property.name = 'profile_field/' || {source} || '/' || field.shortname
      CROSS JOIN LATERAL (SELECT ctid AS place
                          FROM entstream.profile_value
                          WHERE source = {source} AND profile_value.field = field.shortname AND waits IS NULL
                            AND profile_value.field_id IS DISTINCT FROM field.field_id
                          LIMIT {portion}) AS former
      WHERE property.value <> field.field_id::text) AS anew
WHERE known.ctid = anew.place
