-- What waits in entstream's own tables after a sweep. Reads only.
SELECT (SELECT count(*) FROM entstream.parked WHERE source = {source} AND kind = 'user') AS parked_users,
       (SELECT count(*) FROM entstream.parked WHERE source = {source} AND kind = 'cohort') AS parked_cohorts,
       (SELECT count(*) FROM entstream.role_object
        WHERE source = {source} AND (role_id IS NULL OR context_id IS NULL)) AS unresolved_roles,
       (SELECT count(*) FROM entstream.unmapped WHERE source = {source}) AS unmapped,
       (SELECT count(*) FROM entstream.refused WHERE source = {source}) AS refused,
       (SELECT count(*) FROM entstream.held WHERE source = {source}) AS held,
       (SELECT count(*) FROM entstream.profile_value WHERE source = {source} AND waits IS NOT NULL) AS profile_values,
       (SELECT count(*) FROM entstream.cohort_category WHERE source = {source} AND context_id IS NULL) AS misplaced_cohorts,
       (SELECT count(*) FROM entstream.role_candidate WHERE source = {source}) AS role_candidates,
       (SELECT count(*) FROM entstream.link WHERE source = {source} AND status = 'gone_in_moodle') AS gone
