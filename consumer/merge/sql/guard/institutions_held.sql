-- Which institutions' removals are held: too many for the institution, whatever the whole source is. The former ones go to
-- guard_plan too, for their windows.
UPDATE guard_part AS part
SET holds = true
WHERE part.entity = '{entity}' AND (part.held > 0 OR {guard.undecided});

INSERT INTO guard_plan (entity, let_through, held, linked, part)
SELECT entity, CASE WHEN holds THEN 0 ELSE fresh END, CASE WHEN holds THEN fresh ELSE 0 END, linked, part
FROM guard_part
WHERE entity = '{entity}';

SELECT part, fresh, let_through + fresh AS expected, linked, held > 0 AS known
FROM guard_part
WHERE entity = '{entity}' AND holds
ORDER BY part
