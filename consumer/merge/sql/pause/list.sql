-- Which sources an operator has paused, or ('') all of them. Reads only.
SELECT coalesce(substr(name, length('pause/') + 1), '') AS source, value::jsonb ->> 'since' AS since,
       value::jsonb ->> 'by' AS by, value::jsonb ->> 'why' AS why
FROM entstream.property
WHERE name = 'pause' OR name LIKE 'pause/%'
ORDER BY name
