-- The cohort of an entry, how many members it has, and how many of those whom the directory names wait.
SELECT link.moodle_id, link.status, link.version, link.unlocked,
       cohort.name, cohort.idnumber, cohort.description, cohort.component,
       context.contextlevel AS level, category.idnumber AS category,
       (SELECT count(*) FROM {moodle.cohort_members} WHERE cohortid = cohort.id) AS members,
       (SELECT count(*) FROM entstream.membership
        WHERE parent_uuid = link.uuid AND parent_kind = 'group' AND source = {source}
          AND NOT EXISTS (SELECT FROM entstream.link AS person
                          WHERE person.uuid = member_uuid AND person.kind = 'user' AND person.source = {source})) AS waiting
FROM entstream.link
LEFT JOIN {moodle.cohort} AS cohort ON cohort.id = link.moodle_id
LEFT JOIN {moodle.context} AS context ON context.id = cohort.contextid
LEFT JOIN {moodle.course_categories} AS category ON category.id = context.instanceid AND context.contextlevel = 40
WHERE link.uuid = {uuid} AND link.kind = 'cohort' AND link.source = {source}
