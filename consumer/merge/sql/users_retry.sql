-- What waits in entstream.parked, if anything does. Users whose wanted name may be freed by this batch (its holder is
-- renamed or leaves) get another chance.
INSERT INTO user_delta
SELECT again.*
FROM entstream.parked AS parked,
     LATERAL jsonb_populate_record(NULL::user_delta, parked.payload || '{"retried": true}') AS again
WHERE parked.source = {source}
  AND parked.kind = 'user'
  AND parked.wanted IN (
      SELECT holder.username
      FROM user_delta AS delta
      JOIN entstream.link AS link ON link.source = {source} AND link.kind = 'user' AND link.uuid = delta.uuid
      JOIN {moodle.user} AS holder ON holder.id = link.moodle_id
      WHERE NOT delta.retried AND (NOT delta.present OR delta.username <> holder.username))
  AND NOT EXISTS (SELECT FROM user_delta AS newer WHERE newer.uuid = parked.uuid);

-- A newer record supersedes what waits.
DELETE FROM entstream.parked AS parked
USING user_delta AS delta
WHERE parked.source = {source} AND parked.kind = 'user' AND parked.uuid = delta.uuid
  AND NOT delta.retried AND parked.version < delta.version
