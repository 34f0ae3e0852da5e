-- How much waits in entstream's own tables, and what runs came to, for metrics: small tables, and of large ones what an
-- index has. `moment`: of what waits when the oldest began to, of runs when the last one ended. Reads only.
SELECT 'parked' AS what, kind AS entity,
       CASE WHEN refused THEN 'refused'
            WHEN reason LIKE '% taken' THEN 'conflict'
            WHEN reason LIKE 'Moodle has no %' THEN 'missing_reference'
            ELSE 'other' END AS kind,
       count(*) AS objects, NULL::double precision AS moment
FROM entstream.parked
GROUP BY 2, 3
UNION ALL
SELECT 'parked', 'role_assignment', 'missing_reference', count(*), NULL
FROM entstream.role_object
WHERE role_id IS NULL OR context_id IS NULL
UNION ALL
SELECT 'parked', 'role_assignment', 'other', count(*), NULL
FROM entstream.role_candidate
UNION ALL
SELECT 'held', entity, '', count(*), extract(epoch FROM min(held_since))::double precision
FROM entstream.held
GROUP BY 2
UNION ALL
SELECT 'pending', '', '', count(*), NULL
FROM entstream.membership
WHERE member_uuid IS NULL
UNION ALL
SELECT 'dead_letters', '', '', (SELECT count(*) FROM entstream.refused) + (SELECT count(*) FROM entstream.unmapped), NULL
UNION ALL
SELECT 'run', kind, coalesce(outcome, ''), count(*), extract(epoch FROM max(ended_at))::double precision
FROM entstream.run
WHERE target = {target} AND ended_at IS NOT NULL
GROUP BY 2, 3
UNION ALL
SELECT 'verified', '', '', (SELECT coalesce(sum((difference ->> 'objects')::bigint), 0)::bigint
                            FROM jsonb_array_elements(totals) AS difference),
       extract(epoch FROM ended_at)::double precision
FROM (SELECT totals, ended_at FROM entstream.run
      WHERE kind = 'verify' AND target = {target} AND outcome IN ('equal', 'different')
      ORDER BY id DESC LIMIT 1) AS last
UNION ALL
SELECT 'difference', difference ->> 'entity', difference ->> 'kind', sum((difference ->> 'objects')::bigint)::bigint, NULL
FROM (SELECT totals FROM entstream.run
      WHERE kind = 'verify' AND target = {target} AND outcome IN ('equal', 'different')
      ORDER BY id DESC LIMIT 1) AS last
CROSS JOIN LATERAL jsonb_array_elements(totals) AS difference
GROUP BY 2, 3
UNION ALL
SELECT 'restored', substr(name, length('restored/' || {target} || '/') + 1), '', 1, value::double precision
FROM entstream.property
WHERE starts_with(name, 'restored/' || {target} || '/')
