-- From user_delta: who is new enough, who is linked to what, who wants which username. Only entstream's own tables
-- are written here; mdl_user is read.

-- Parked users whose wanted name may be freed by this batch (its holder is renamed or leaves) get another chance.
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
  AND NOT delta.retried AND parked.version < delta.version;

-- Site administrators, the guest and accounts of another auth are protected: never written.
CREATE TEMP TABLE user_work ON COMMIT DROP AS
SELECT delta.*,
       link.moodle_id,
       account.username AS current_name,
       link.uuid IS NOT NULL AND (account.id IS NULL OR account.deleted <> 0) AS gone,
       account.id IS NOT NULL AND (account.auth <> {auth} OR account.id = ANY ({protected})) AS protected,
       CASE
           WHEN delta.present THEN CASE WHEN link.suspended THEN 0 END
           WHEN {suspend_leavers} THEN 1
       END AS suspend,
       NOT delta.present AND (link.suspended OR {suspend_leavers} AND account.suspended = 0) AS suspended_by_us
FROM user_delta AS delta
LEFT JOIN entstream.link AS link ON link.source = {source} AND link.kind = 'user' AND link.uuid = delta.uuid
LEFT JOIN {moodle.user} AS account ON account.id = link.moodle_id
WHERE CASE
          WHEN link.uuid IS NULL THEN delta.present
          WHEN delta.retried THEN link.version <= delta.version
          ELSE link.version < delta.version
      END;

UPDATE entstream.link AS link
SET version = work.version,
    status = CASE WHEN work.gone THEN 'gone_in_moodle' WHEN work.present THEN 'active' ELSE 'left' END,
    suspended = work.suspended_by_us AND NOT work.gone AND NOT work.protected
FROM user_work AS work
WHERE link.source = {source} AND link.kind = 'user' AND link.uuid = work.uuid;

-- Who wants a name that he does not have, who holds it, and whether the holder must give way: he left the directory.
CREATE TEMP TABLE user_claim ON COMMIT DROP AS
SELECT work.uuid,
       work.moodle_id,
       work.username AS wanted,
       holder.id AS holder_id,
       coalesce(holder_link.status = 'left' AND holder.auth = {auth} AND holder.deleted = 0
                AND holder.id <> ALL ({protected}), false) AS yields,
       row_number() OVER (PARTITION BY work.username
                          ORDER BY nullif(work.created_at, '') NULLS LAST, work.uuid) AS rank
FROM user_work AS work
LEFT JOIN {moodle.user} AS holder ON holder.mnethostid = {mnet_host} AND holder.username = work.username
LEFT JOIN entstream.link AS holder_link ON holder_link.kind = 'user' AND holder_link.moodle_id = holder.id
WHERE work.present AND NOT work.gone AND NOT work.protected
  AND work.username IS DISTINCT FROM work.current_name AND work.username IS NOT NULL
