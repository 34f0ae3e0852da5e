-- From user_delta: who is new enough, who is linked to what, who wants which username. Who is new and lacks what Moodle
-- cannot do without waits for a better record. Only entstream's own tables are written here; mdl_user is read.
ANALYZE user_delta (uuid);

-- Site administrators, the guest and accounts of another auth are protected: never written. Who leaves is suspended
-- once: an account that an administrator opens afterwards stays open.
CREATE TEMP TABLE user_work ON COMMIT DROP AS
SELECT delta.*,
       link.moodle_id,
       account.username AS current_name,
       link.uuid IS NOT NULL AND (account.id IS NULL OR account.deleted <> 0) AS gone,
       account.id IS NOT NULL AND (account.auth <> {auth} OR account.id = ANY ({protected})) AS protected,
       CASE
           WHEN delta.present THEN CASE WHEN link.suspended THEN 0 END
           WHEN {suspend_leavers} AND link.status <> 'left' THEN 1
       END AS suspend,
       CASE
           WHEN delta.present THEN false
           WHEN link.status = 'left' THEN link.suspended AND account.suspended <> 0
           ELSE link.suspended OR {suspend_leavers} AND account.suspended = 0
       END AS suspended_by_us
FROM user_delta AS delta
LEFT JOIN LATERAL (SELECT *
                   FROM entstream.link
                   WHERE uuid = delta.uuid AND kind = 'user' AND source = {source}
                   LIMIT 1) AS link ON true
LEFT JOIN LATERAL (SELECT id, username, auth, deleted, suspended
                   FROM {moodle.user}
                   WHERE id = link.moodle_id
                   LIMIT 1) AS account ON true
WHERE CASE
          WHEN link.uuid IS NULL THEN
              delta.present
              AND (delta.problem IS NULL
                   OR num_nulls(delta.username, delta.firstname, delta.lastname, delta.email) = 0)
          WHEN delta.retried THEN link.version <= delta.version
          ELSE link.version < delta.version
      END;

ANALYZE user_work (uuid);

INSERT INTO entstream.link AS link (source, kind, uuid, moodle_id, status, suspended, version)
SELECT {source}, 'user', uuid, moodle_id,
       CASE WHEN gone THEN 'gone_in_moodle' WHEN present THEN 'active' ELSE 'left' END,
       suspended_by_us AND NOT gone AND NOT protected,
       version
FROM user_work
WHERE moodle_id IS NOT NULL
ON CONFLICT (uuid, kind, source) DO UPDATE
SET status = excluded.status, suspended = excluded.suspended, version = excluded.version;

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
LEFT JOIN LATERAL (SELECT id, auth, deleted
                   FROM {moodle.user}
                   WHERE mnethostid = {mnet_host} AND username = work.username
                   LIMIT 1) AS holder ON true
LEFT JOIN LATERAL (SELECT status
                   FROM entstream.link
                   WHERE moodle_id = holder.id AND kind = 'user'
                   LIMIT 1) AS holder_link ON true
WHERE work.present AND NOT work.gone AND NOT work.protected
  AND work.username IS DISTINCT FROM work.current_name AND work.username IS NOT NULL
