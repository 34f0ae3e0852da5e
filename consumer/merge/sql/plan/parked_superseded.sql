-- A newer record supersedes what waits in entstream.parked.
ANALYZE {kind}_delta (uuid);

INSERT INTO unpark_plan
SELECT waiting.place
FROM {kind}_delta AS delta
CROSS JOIN LATERAL (SELECT ctid AS place, version
                    FROM entstream.parked
                    WHERE uuid = delta.uuid AND kind = '{kind}' AND source = {source}
                    LIMIT 1) AS waiting
WHERE NOT delta.retried AND waiting.version < delta.version + {again}
