-- The cohort that is meant by an ID number, a name or its id, in this order, and the entry that it is linked to. Reads only.
SELECT cohort.place, cohort.id, link.source, link.uuid, link.version
FROM (SELECT 1 AS place, id FROM {moodle.cohort} WHERE idnumber = {name} AND idnumber <> ''
      UNION ALL
      SELECT 2, id FROM {moodle.cohort} WHERE name = {name}
      UNION ALL
      SELECT 3, id FROM {moodle.cohort} WHERE id = {number}) AS cohort
LEFT JOIN entstream.link ON link.moodle_id = cohort.id AND link.kind = 'cohort' AND link.source = ANY ({sources})
ORDER BY cohort.place, cohort.id
LIMIT 10
