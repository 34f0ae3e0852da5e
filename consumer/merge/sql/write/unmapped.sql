-- From unmapped_plan to entstream.unmapped.
DELETE FROM entstream.unmapped
WHERE ctid = ANY (ARRAY(SELECT place FROM unmapped_plan WHERE problem IS NULL));

INSERT INTO entstream.unmapped AS known (source, kind, uuid, problem, version)
SELECT {source}, kind, uuid, problem, version
FROM unmapped_plan
WHERE problem IS NOT NULL
ON CONFLICT (uuid, kind, source) DO UPDATE
SET problem = excluded.problem, version = excluded.version,
    since = CASE WHEN known.problem = excluded.problem THEN known.since ELSE excluded.since END
