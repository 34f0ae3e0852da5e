-- A replay that locks cohorts or releases their lock ({locks}: which): all groups that have a cohort, and those that wait for
-- one, so that none of another component stays locked. {only_lock} chooses a single one.
INSERT INTO cohort_lock
SELECT link.uuid, ''
FROM entstream.link
WHERE link.source = {source} AND link.kind = 'cohort' AND {only_lock}
UNION ALL
SELECT link.uuid, link.wanted
FROM entstream.parked AS link
WHERE link.source = {source} AND link.kind = 'cohort' AND {only_lock} AND NOT {locks}
