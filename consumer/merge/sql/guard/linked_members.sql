-- How many members the source's cohorts have. Reads tables as a whole: only asked where a removal may be one too many.
SELECT count(*)
FROM entstream.link AS cohort
JOIN {moodle.cohort_members} AS member ON member.cohortid = cohort.moodle_id
WHERE cohort.source = {source} AND cohort.kind = 'cohort' AND cohort.status IN ('active', 'returning', 'kept')
