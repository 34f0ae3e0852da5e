-- From profile_want to profile_plan: what becomes of each value. A field that Moodle lacks, or whose type does not take
-- the value, lets it wait; an empty value is what Moodle stores for nothing, where there is a row already.
-- Returns what waits and did not before, by field and reason.
ANALYZE profile_want;

INSERT INTO profile_plan
SELECT want.uuid, want.user_id, want.field, want.value, want.version, field.id, current.data,
       CASE WHEN verdict.waits IS NULL AND (current.data <> verdict.data OR current.data IS NULL AND want.value <> '')
            THEN verdict.data END,
       verdict.waits,
       coalesce(known.waits = verdict.waits, false)
FROM profile_want AS want
LEFT JOIN LATERAL (SELECT waits
                   FROM entstream.profile_value
                   WHERE uuid = want.uuid AND field = want.field AND source = {source}
                   LIMIT 1) AS known ON true
LEFT JOIN (SELECT DISTINCT ON (shortname) id, shortname, datatype, param1, param2
           FROM {moodle.user_info_field}
           ORDER BY shortname, id) AS field ON field.shortname = want.field
LEFT JOIN LATERAL (SELECT data
                   FROM {moodle.user_info_data}
                   WHERE userid = want.user_id AND fieldid = field.id
                   LIMIT 1) AS current ON true
CROSS JOIN LATERAL (
    SELECT CASE field.datatype
               WHEN 'checkbox' THEN coalesce(nullif(want.value, ''), '0')
               WHEN 'datetime' THEN coalesce(nullif(want.value, ''), '0')
               WHEN 'text' THEN CASE WHEN field.param2 ~ '^[1-9][0-9]{0,4}$'
                                     THEN left(want.value, field.param2::integer) ELSE want.value END
               ELSE want.value
           END AS data,
           CASE
               WHEN field.id IS NULL THEN 'Moodle has no profile field of this short name'
               WHEN field.datatype NOT IN ('text', 'menu', 'checkbox', 'datetime')
               THEN 'entstream does not fill profile fields of type ' || field.datatype
               WHEN want.value = '' OR field.datatype = 'text' THEN NULL
               WHEN field.datatype = 'checkbox' AND want.value NOT IN ('0', '1') THEN 'a checkbox takes 0 or 1'
               WHEN field.datatype = 'datetime' AND want.value !~ '^-?[0-9]{1,12}$'
               THEN 'a date must be in seconds: date = "unix" in its rule'
               WHEN field.datatype = 'menu'
                    AND want.value <> ALL (string_to_array(replace(coalesce(field.param1, ''), E'\r', ''), E'\n'))
               THEN 'the value is no option of the menu'
           END AS waits) AS verdict;

ANALYZE profile_plan;

SELECT field, waits, count(*) AS people
FROM profile_plan
WHERE waits IS NOT NULL AND NOT known
GROUP BY field, waits
ORDER BY field, waits
