-- The last verification, if it came to no result, as a JSON object; no row: it did, or there is none. Reads only.
SELECT jsonb_build_object(
    'ended_at', to_char(ended_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    'age', extract(epoch FROM clock_timestamp() - ended_at)::bigint,
    'by', planned_by,
    'compared', options,
    'outcome', outcome)
FROM (SELECT * FROM entstream.run WHERE kind = 'verify' AND target = {target} ORDER BY id DESC LIMIT 1) AS last
WHERE outcome NOT IN ('equal', 'different')
