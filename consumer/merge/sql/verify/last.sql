-- The last verification that came to a result, as a JSON object; no row: there is none. Reads only.
SELECT jsonb_build_object(
    'ended_at', to_char(ended_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    'ended', extract(epoch FROM ended_at),
    'age', extract(epoch FROM clock_timestamp() - ended_at)::bigint,
    'seconds', extract(epoch FROM ended_at - planned_at),
    'by', planned_by,
    'compared', options,
    'outcome', outcome,
    'records', records,
    'differences', totals)
FROM entstream.run
WHERE kind = 'verify' AND target = {target} AND outcome IN ('equal', 'different')
ORDER BY id DESC
LIMIT 1
