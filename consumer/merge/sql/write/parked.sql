-- From park_plan and unpark_plan to entstream.parked.
DELETE FROM entstream.parked WHERE ctid = ANY (ARRAY(SELECT place FROM unpark_plan));

INSERT INTO entstream.parked (source, kind, uuid, reason, wanted, payload, version, candidate)
SELECT {source}, kind, uuid, reason, wanted, payload, version, candidate
FROM park_plan
ON CONFLICT (uuid, kind, source) DO UPDATE
SET reason = excluded.reason, wanted = excluded.wanted, payload = excluded.payload, version = excluded.version,
    candidate = excluded.candidate, refused = false, parked_at = now()
