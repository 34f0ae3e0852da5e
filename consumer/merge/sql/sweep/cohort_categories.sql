-- Sweep: of the cohorts between {after} and {last} that are to be in a course category, those whose category is another
-- one than when they were put there: it appeared, or its ID number is another category's now. Where the category was
-- deleted, Moodle has moved the cohort to its parent: there it stays until a category of that ID number appears.
INSERT INTO cohort_place
WITH {categories}
SELECT known.uuid, known.category, category.context_id
FROM entstream.cohort_category AS known
LEFT JOIN category ON category.idnumber = known.category
WHERE known.source = {source} AND known.uuid > {after} AND known.uuid <= {last}
  AND category.context_id IS DISTINCT FROM known.context_id;

ANALYZE cohort_place (uuid);

-- Nothing of them is to change but the place.
INSERT INTO cohort_plan
SELECT place.uuid, link.version, true, cohort.name, cohort.idnumber, cohort.description, false, NULL, 40, place.category,
       true, cohort.id, cohort.idnumber, cohort.name, link.status, link.status, false, false, place.context_id, link.unlocked,
       link.unlocked
FROM cohort_place AS place
CROSS JOIN LATERAL (SELECT moodle_id, version, status, unlocked
                    FROM entstream.link
                    WHERE uuid = place.uuid AND kind = 'cohort' AND source = {source}
                    LIMIT 1) AS link
CROSS JOIN LATERAL (SELECT id, name, idnumber, description
                    FROM {moodle.cohort}
                    WHERE id = link.moodle_id
                    LIMIT 1) AS cohort
WHERE link.status IN ('active', 'returning');

ANALYZE cohort_plan (uuid, cohort_id);

SELECT count(*) FROM cohort_plan
