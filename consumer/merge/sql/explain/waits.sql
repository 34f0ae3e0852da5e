-- What of an entry waits, and why.
SELECT 'parked' AS list, reason || ': ' || wanted AS reason, parked_at AS since
FROM entstream.parked
WHERE uuid = {uuid} AND kind = {kind} AND source = {source}
UNION ALL
SELECT 'unmapped', problem, since
FROM entstream.unmapped
WHERE uuid = {uuid} AND kind = {kind} AND source = {source}
UNION ALL
SELECT 'refused', reason, since
FROM entstream.refused
WHERE key = {key} AND source = {source}
UNION ALL
SELECT 'place', 'Moodle has no course category of the ID number ''' || category || ''', or several: the cohort stays where it is',
       NULL
FROM entstream.cohort_category
WHERE uuid = {uuid} AND {kind} = 'cohort' AND source = {source} AND context_id IS NULL
