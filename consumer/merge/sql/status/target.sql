-- Who serves this Moodle, and the last runs, the latest first, as a JSON object. Reads only.
-- No word of the session here: who may not see others' sessions is no reason to call the owner dead.
SELECT jsonb_build_object(
    'owner', nullif(owner, ''),
    'target', nullif(target, ''),
    'sources', nullif(sources, ''),
    'silent', CASE WHEN token <> '' THEN greatest(0, extract(epoch FROM clock_timestamp() - renewed_at))::bigint END,
    'serves', token <> '' AND renewed_at > clock_timestamp() - interval '{lease_seconds} s',
    'paused', (SELECT value::jsonb FROM entstream.property WHERE name = 'pause'),
    'verification', ({verification}),
    'verification_without_result', ({verification_without_result}),
    'runs', (SELECT coalesce(jsonb_agg(to_jsonb(run) ORDER BY run.id DESC), '[]')
             FROM (SELECT * FROM entstream.run WHERE kind <> 'verify' ORDER BY id DESC LIMIT {runs}) AS run))
FROM entstream.lease
