-- From {kind}_claim: who cannot have the name he wants. One of several claimants gets it: the first in the stable
-- order. Nobody gets a name whose holder stays; and a holder who is blocked himself stays.
-- Without the name a new one waits as a whole (park_plan), one who is there gets everything but the name. Those who
-- waited and are not blocked any more wait no longer (unpark_plan).
ANALYZE {kind}_claim (uuid);

INSERT INTO {kind}_blocked
WITH RECURSIVE blocked AS (
    SELECT uuid, {id}
    FROM {kind}_claim AS claim
    WHERE rank > 1
       OR holder_id IS NOT NULL AND NOT yields
          AND NOT EXISTS (SELECT FROM {kind}_claim AS mover WHERE mover.{id} = claim.holder_id)
    UNION
    SELECT claim.uuid, claim.{id}
    FROM blocked
    JOIN {kind}_claim AS claim ON claim.holder_id = blocked.{id}
)
SELECT uuid FROM blocked;

ANALYZE {kind}_blocked (uuid);

INSERT INTO park_plan
SELECT '{kind}', delta.uuid, '{field} taken', delta.{field}, to_jsonb(delta), delta.version
FROM {kind}_blocked
JOIN {kind}_delta AS delta USING (uuid)
WHERE NOT delta.retried;

INSERT INTO unpark_plan
SELECT waiting.place
FROM {kind}_delta AS delta
CROSS JOIN LATERAL (SELECT ctid AS place
                    FROM entstream.parked
                    WHERE uuid = delta.uuid AND kind = '{kind}' AND source = {source}
                    LIMIT 1) AS waiting
WHERE delta.retried AND NOT EXISTS (SELECT FROM {kind}_blocked AS blocked WHERE blocked.uuid = delta.uuid);

DELETE FROM {kind}_claim WHERE uuid IN (SELECT uuid FROM {kind}_blocked);
DELETE FROM {kind}_plan WHERE {id} < 0 AND uuid IN (SELECT uuid FROM {kind}_blocked);
UPDATE {kind}_plan SET {field} = current_name WHERE uuid IN (SELECT uuid FROM {kind}_blocked);

SELECT count(*) FROM park_plan WHERE kind = '{kind}'
