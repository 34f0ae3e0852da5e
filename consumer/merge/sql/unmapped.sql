-- From {kind}_delta to entstream.unmapped: whose newest record cannot be mapped in full, and why. A record without a
-- problem (or one that says that the entry is gone) takes its entry off the list.
-- Returns what changed: entries with a new problem, and without theirs (NULL).
CREATE TEMP TABLE {kind}_unmapped ON COMMIT DROP AS
SELECT delta.uuid, delta.version, delta.problem, known.place, known.problem AS former
FROM {kind}_delta AS delta
LEFT JOIN LATERAL (SELECT ctid AS place, problem, version
                   FROM entstream.unmapped
                   WHERE uuid = delta.uuid AND kind = '{kind}' AND source = {source}
                   LIMIT 1) AS known ON true
WHERE CASE WHEN known.version IS NULL THEN delta.problem IS NOT NULL ELSE known.version < delta.version END;

DELETE FROM entstream.unmapped
WHERE ctid = ANY (ARRAY(SELECT place FROM {kind}_unmapped WHERE problem IS NULL));

INSERT INTO entstream.unmapped AS known (source, kind, uuid, problem, version)
SELECT {source}, '{kind}', uuid, problem, version
FROM {kind}_unmapped
WHERE problem IS NOT NULL
ON CONFLICT (uuid, kind, source) DO UPDATE
SET problem = excluded.problem, version = excluded.version,
    since = CASE WHEN known.problem = excluded.problem THEN known.since ELSE excluded.since END;

SELECT uuid, problem
FROM {kind}_unmapped
WHERE problem IS DISTINCT FROM former
ORDER BY uuid
