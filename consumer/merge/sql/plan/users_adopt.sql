-- From user_candidate to user_adopt: who gets the account that was found, and why not the others. They wait in
-- entstream.parked: neither shall a homonym get somebody's account, nor somebody a second one. Of several entries that
-- find the same account the one by the surest key gets it, then the oldest.
INSERT INTO user_adopt
WITH looked_at AS MATERIALIZED (
    SELECT candidate.uuid, candidate.user_id, candidate.found_by, candidate.place, wanting.created_at,
           parked.approved,
           CASE
               WHEN count(*) OVER (PARTITION BY candidate.uuid) > 1 THEN 'several accounts have it'
               WHEN account.deleted <> 0 THEN 'the account was deleted in Moodle'
               WHEN account.id = ANY ({protected}) THEN 'the account is a site administrator''s or the guest''s'
               WHEN link.uuid IS NOT NULL THEN 'the account is another entry''s'
               WHEN account.auth <> ALL ({users.adopt.auths})
               THEN 'the account has auth ' || account.auth || ', which users.adopt.auth does not list'
               WHEN {users.adopt.checks_idnumber} AND candidate.found_by <> 'idnumber'
                    AND account.idnumber <> '' AND wanting.idnumber <> '' AND account.idnumber <> wanting.idnumber
               THEN 'the account has another ID number'
           END AS obstacle
    FROM user_candidate AS candidate
    JOIN user_wanting AS wanting ON wanting.uuid = candidate.uuid
    CROSS JOIN LATERAL (SELECT id, auth, deleted, idnumber
                        FROM {moodle.user}
                        WHERE id = candidate.user_id
                        LIMIT 1) AS account
    LEFT JOIN LATERAL (SELECT uuid
                       FROM entstream.link
                       WHERE moodle_id = candidate.user_id AND kind = 'user'
                       LIMIT 1) AS link ON true
    LEFT JOIN LATERAL (SELECT approved
                       FROM entstream.parked
                       WHERE uuid = candidate.uuid AND kind = 'user' AND source = {source}
                       LIMIT 1) AS parked ON true
), ranked AS (
    SELECT *, row_number() OVER (PARTITION BY user_id, obstacle IS NULL
                                 ORDER BY place, nullif(created_at, '') NULLS LAST, uuid) AS rank
    FROM looked_at
)
SELECT DISTINCT ON (uuid)
       uuid, user_id,
       'account found by ' || found_by || ', not adopted: '
       || CASE
              WHEN obstacle IS NOT NULL THEN obstacle
              WHEN rank > 1 THEN 'another entry of the directory has it too'
              WHEN {users.adopt.asks} AND approved IS DISTINCT FROM user_id THEN 'waits for approval'
          END
FROM ranked
ORDER BY uuid, user_id;

ANALYZE user_adopt (uuid);

-- Who has waited goes on waiting, and only another reason is news.
INSERT INTO park_plan
SELECT 'user', delta.uuid, adopt.reason, coalesce(delta.username, ''), to_jsonb(delta), delta.version, adopt.user_id
FROM user_adopt AS adopt
JOIN user_delta AS delta ON delta.uuid = adopt.uuid
LEFT JOIN LATERAL (SELECT reason, candidate
                   FROM entstream.parked
                   WHERE uuid = delta.uuid AND kind = 'user' AND source = {source} AND delta.retried
                   LIMIT 1) AS known ON true
WHERE adopt.reason IS NOT NULL
  AND (adopt.reason IS DISTINCT FROM known.reason OR adopt.user_id IS DISTINCT FROM known.candidate);

DELETE FROM user_delta AS delta
USING user_adopt AS adopt
WHERE adopt.uuid = delta.uuid AND adopt.reason IS NOT NULL AND delta.retried;

SELECT count(*) AS parked FROM park_plan WHERE kind = 'user'
