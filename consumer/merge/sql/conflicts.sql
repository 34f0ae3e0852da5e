-- From {kind}_claim: who cannot have the name he wants. One of several claimants gets it: the first in the stable
-- order. Nobody gets a name whose holder stays; and a holder who is blocked himself stays.
-- The blocked wait in entstream.parked with their payload; those who waited and are not blocked any more leave it.
CREATE TEMP TABLE {kind}_blocked ON COMMIT DROP AS
WITH RECURSIVE blocked AS (
    SELECT uuid, moodle_id
    FROM {kind}_claim AS claim
    WHERE rank > 1
       OR holder_id IS NOT NULL AND NOT yields
          AND NOT EXISTS (SELECT FROM {kind}_claim AS mover WHERE mover.moodle_id = claim.holder_id)
    UNION
    SELECT claim.uuid, claim.moodle_id
    FROM blocked
    JOIN {kind}_claim AS claim ON claim.holder_id = blocked.moodle_id
)
SELECT uuid FROM blocked;

ANALYZE {kind}_blocked (uuid);

INSERT INTO entstream.parked (source, kind, uuid, reason, wanted, payload, version)
SELECT {source}, '{kind}', delta.uuid, '{field} taken', delta.{field}, to_jsonb(delta), delta.version
FROM {kind}_blocked
JOIN {kind}_delta AS delta USING (uuid)
WHERE NOT delta.retried
ON CONFLICT (uuid, kind, source) DO UPDATE
SET reason = excluded.reason, wanted = excluded.wanted, payload = excluded.payload, version = excluded.version,
    refused = false, parked_at = now();

DELETE FROM entstream.parked
WHERE ctid = ANY (ARRAY(
    SELECT waiting.place
    FROM {kind}_delta AS delta
    CROSS JOIN LATERAL (SELECT ctid AS place
                        FROM entstream.parked
                        WHERE uuid = delta.uuid AND kind = '{kind}' AND source = {source}
                        LIMIT 1) AS waiting
    WHERE delta.retried AND NOT EXISTS (SELECT FROM {kind}_blocked AS blocked WHERE blocked.uuid = delta.uuid)));

SELECT 'parked', count(*)
FROM {kind}_blocked
JOIN {kind}_delta AS delta USING (uuid)
WHERE NOT delta.retried
