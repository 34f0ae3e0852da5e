-- A forced replay: accounts of which there is nothing to plan where the newest record is the one that was applied and gives them
-- the fields that they have, with these fields. Whoever waits or could not be mapped in full is planned, and whose language the site
-- does not list any more.
SELECT link.uuid, link.version, {user.compared}
FROM entstream.link AS link
JOIN {moodle.user} AS account ON account.id = link.moodle_id
WHERE link.kind = 'user' AND link.source = {source} AND {user.settled}
  AND (NOT {lists_languages} OR account.lang = '' OR account.lang = ANY ({languages}))
  AND NOT EXISTS (SELECT
                  FROM entstream.parked AS waiting
                  WHERE waiting.uuid = link.uuid AND waiting.kind = 'user' AND waiting.source = {source})
  AND NOT EXISTS (SELECT
                  FROM entstream.unmapped AS known
                  WHERE known.uuid = link.uuid AND known.kind = 'user' AND known.source = {source})
