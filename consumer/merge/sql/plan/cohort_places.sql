-- From cohort_delta to cohort_place: the context of the course category that each cohort is to be in. An idnumber that
-- several categories have names none. The idnumber of categories has no index, so they are looked at once.
-- A new cohort whose category Moodle lacks waits in entstream.parked; one that is there stays where it is.
ANALYZE cohort_delta (uuid);

INSERT INTO cohort_place
WITH {categories}
SELECT delta.uuid, delta.category, category.context_id
FROM cohort_delta AS delta
LEFT JOIN category ON category.idnumber = delta.category
WHERE delta.present AND delta.level = 40 AND delta.category <> '';

ANALYZE cohort_place (uuid);

INSERT INTO cohort_homeless
SELECT place.uuid
FROM cohort_place AS place
JOIN cohort_delta AS delta ON delta.uuid = place.uuid
LEFT JOIN LATERAL (SELECT uuid
                   FROM entstream.link
                   WHERE uuid = place.uuid AND kind = 'cohort' AND source = {source}
                   LIMIT 1) AS link ON true
LEFT JOIN cohort_adopt AS adopt ON adopt.uuid = place.uuid
WHERE place.context_id IS NULL AND link.uuid IS NULL AND adopt.uuid IS NULL
  AND delta.problem IS NULL;

-- Which has waited goes on waiting, and only another reason is news.
INSERT INTO park_plan
SELECT 'cohort', delta.uuid,
       'Moodle has no course category of the ID number ''' || delta.category || ''', or several', delta.idnumber,
       to_jsonb(delta), delta.version
FROM cohort_homeless AS homeless
JOIN cohort_delta AS delta ON delta.uuid = homeless.uuid
LEFT JOIN LATERAL (SELECT reason
                   FROM entstream.parked
                   WHERE uuid = delta.uuid AND kind = 'cohort' AND source = {source} AND delta.retried
                   LIMIT 1) AS known ON true
WHERE known.reason IS DISTINCT FROM
      'Moodle has no course category of the ID number ''' || delta.category || ''', or several';

DELETE FROM cohort_delta AS delta
USING cohort_homeless AS homeless
WHERE homeless.uuid = delta.uuid AND delta.retried;

SELECT count(*) AS parked FROM park_plan WHERE kind = 'cohort'
