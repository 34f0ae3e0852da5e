-- Where one source stands in this Moodle, and what waits, as a JSON object. Reads only.
SELECT jsonb_build_object(
    'source', {source},
    'log_id', position.log_id,
    'next_offset', coalesce(position.next_offset, 0),
    'owner', position.owner,
    'updated_at', to_char(position.updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    'watermark', to_char(position.watermark AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    'watermark_age', extract(epoch FROM clock_timestamp() - position.watermark)::bigint,
    'rebuild_begun_at', to_char(position.rebuild_begun_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    'paused', (SELECT value::jsonb FROM entstream.property WHERE name = 'pause/' || {source}),
    'users', (SELECT count(*) FROM entstream.link
              WHERE source = {source} AND kind = 'user' AND status IN ('active', 'kept')),
    'cohorts', (SELECT count(*) FROM entstream.link
                WHERE source = {source} AND kind = 'cohort' AND status IN ('active', 'returning', 'kept')),
    'role_objects', (SELECT count(*) FROM entstream.role_object WHERE source = {source}),
    'parked_users', (SELECT count(*) FROM entstream.parked WHERE source = {source} AND kind = 'user'),
    'parked_cohorts', (SELECT count(*) FROM entstream.parked WHERE source = {source} AND kind = 'cohort'),
    'unresolved_roles', (SELECT count(*) FROM entstream.role_object
                         WHERE source = {source} AND (role_id IS NULL OR context_id IS NULL)),
    'misplaced_cohorts', (SELECT count(*) FROM entstream.cohort_category WHERE source = {source} AND context_id IS NULL),
    'role_candidates', (SELECT count(*) FROM entstream.role_candidate WHERE source = {source}),
    'unmapped', (SELECT count(*) FROM entstream.unmapped WHERE source = {source}),
    'refused', (SELECT count(*) FROM entstream.refused WHERE source = {source}),
    'held', (SELECT count(*) FROM entstream.held WHERE source = {source}),
    'profile_values', (SELECT count(*) FROM entstream.profile_value WHERE source = {source} AND waits IS NOT NULL),
    'gone_in_moodle', (SELECT count(*) FROM entstream.link WHERE source = {source} AND status = 'gone_in_moodle'))
FROM (SELECT) AS one
LEFT JOIN entstream.position ON target = {target} AND source = {source}
