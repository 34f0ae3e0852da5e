-- Course categories by their idnumber, of those that only one has, with their contexts: a part of WITH.
category AS MATERIALIZED (
    SELECT known.idnumber, context.id AS context_id
    FROM (SELECT idnumber, min(id) AS id
          FROM {moodle.course_categories}
          WHERE idnumber <> ''
          GROUP BY idnumber
          HAVING count(*) = 1) AS known
    CROSS JOIN LATERAL (SELECT id
                        FROM {moodle.context}
                        WHERE contextlevel = 40 AND instanceid = known.id
                        LIMIT 1) AS context
)
