-- From {kind}_delta to unmapped_plan: whose newest record cannot be mapped in full, and why. A record without a problem
-- (or one that says that the entry is gone) takes its entry off the list.
-- Returns what changes: entries with a new problem, and without theirs (NULL).
INSERT INTO unmapped_plan
SELECT '{kind}', delta.uuid, delta.version, delta.problem, known.place, known.problem
FROM {kind}_delta AS delta
LEFT JOIN LATERAL (SELECT ctid AS place, problem, version
                   FROM entstream.unmapped
                   WHERE uuid = delta.uuid AND kind = '{kind}' AND source = {source}
                   LIMIT 1) AS known ON true
WHERE CASE WHEN known.version IS NULL THEN delta.problem IS NOT NULL ELSE known.version < delta.version END;

SELECT uuid, problem
FROM unmapped_plan
WHERE kind = '{kind}' AND problem IS DISTINCT FROM former
ORDER BY uuid
