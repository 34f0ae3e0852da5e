-- Sweep: of the parked users between {after} and {last}, in the order of their UUIDs, those whose name is free by now get
-- another chance: nobody has it, or someone who left and gives way. Where accounts are adopted, all of them get it: what
-- kept them from one may be mended. Where a site had its accounts before, the names of
-- most stay taken for good: nothing but the name of those is read.
INSERT INTO user_delta
SELECT again.*
FROM entstream.parked AS parked
LEFT JOIN LATERAL (SELECT id, auth, deleted
                   FROM {moodle.user}
                   WHERE mnethostid = {mnet_host} AND username = parked.wanted
                   LIMIT 1) AS holder ON true
LEFT JOIN LATERAL (SELECT uuid, source, status, auth
                   FROM entstream.link
                   WHERE moodle_id = holder.id AND kind = 'user'
                   LIMIT 1) AS link ON true
CROSS JOIN LATERAL jsonb_populate_record(NULL::user_delta, parked.payload || '{"retried": true}') AS again
WHERE parked.source = {source} AND parked.kind = 'user' AND parked.uuid > {after} AND parked.uuid <= {last}
  AND (holder.id IS NULL
       OR link.uuid = parked.uuid AND link.source = {source}
       OR {users.adopt.on}
       OR link.status = 'left' AND holder.auth = coalesce(link.auth, {auth}) AND holder.deleted = 0 AND holder.id <> ALL ({protected}))
