-- From the affected pairs of role objects to role_want. A row with our component exists if and only if some role object of
-- the user's source gives that role in that context to him, and he was not deleted in Moodle.
INSERT INTO role_triple
SELECT place.role_id, place.context_id, account.user_id, account.uuid, bool_or(pair.planned AND place.counts)
FROM {pairs} AS pair
JOIN account_now AS account ON account.uuid = pair.member
JOIN (SELECT parent.uuid, known.role_id, known.context_id, true AS counts
      FROM (SELECT DISTINCT parent AS uuid FROM {pairs} AS pair WHERE parent_kind = 'role') AS parent
      LEFT JOIN role_plan AS plan ON plan.uuid = parent.uuid
      CROSS JOIN LATERAL (SELECT role_id, context_id
                          FROM entstream.role_object
                          WHERE uuid = parent.uuid AND source = {source} AND plan.uuid IS NULL
                          LIMIT 1) AS known
      UNION ALL
      SELECT uuid, former_role_id, former_context_id, false
      FROM role_plan
      UNION ALL
      SELECT uuid, role_id, context_id, true
      FROM role_place) AS place ON place.uuid = pair.parent
WHERE pair.parent_kind = 'role' AND place.role_id IS NOT NULL AND place.context_id IS NOT NULL
GROUP BY place.role_id, place.context_id, account.user_id, account.uuid;

ANALYZE role_triple;

-- Where no record of this plan gives it: the other role objects that list these users once the batch is in, and what they give.
INSERT INTO role_reason
SELECT DISTINCT listed.user_uuid,
       CASE WHEN plan.uuid IS NULL THEN known.role_id ELSE place.role_id END,
       CASE WHEN plan.uuid IS NULL THEN known.context_id ELSE place.context_id END
FROM (SELECT person.user_uuid, stored.parent_uuid AS parent
      FROM (SELECT DISTINCT user_uuid FROM role_triple WHERE NOT given) AS person
      CROSS JOIN LATERAL (SELECT parent_uuid, value_hash
                          FROM entstream.membership
                          WHERE member_uuid = person.user_uuid AND parent_kind = 'role' AND source = {source}
                          OFFSET 0) AS stored
      WHERE NOT EXISTS (SELECT
                        FROM member_plan AS newer
                        WHERE newer.parent = stored.parent_uuid AND newer.value = stored.value_hash
                          AND newer.parent_kind = 'role')) AS listed
LEFT JOIN role_plan AS plan ON plan.uuid = listed.parent
LEFT JOIN role_place AS place ON place.uuid = listed.parent
LEFT JOIN LATERAL (SELECT role_id, context_id
                   FROM entstream.role_object
                   WHERE uuid = listed.parent AND source = {source} AND plan.uuid IS NULL
                   LIMIT 1) AS known ON true
WHERE CASE WHEN plan.uuid IS NULL THEN known.role_id ELSE place.role_id END IS NOT NULL
  AND CASE WHEN plan.uuid IS NULL THEN known.context_id ELSE place.context_id END IS NOT NULL;

ANALYZE role_reason;

INSERT INTO role_want
SELECT found.role_id, found.context_id, found.user_id, found.user_uuid, found.wanted, found.assignment_ids, adopts.id
FROM (SELECT triple.*, present.ids AS assignment_ids,
             (triple.given OR reason.user_uuid IS NOT NULL) AND account.living AND account.status <> 'gone_in_moodle'
             AND EXISTS (SELECT FROM {moodle.role} WHERE id = triple.role_id)
             AND (triple.context_id < 0 OR context.found IS NOT NULL) AS wanted
      FROM (SELECT role_id, context_id, user_id, user_uuid, bool_or(given) AS given
            FROM role_triple
            GROUP BY role_id, context_id, user_id, user_uuid) AS triple
      JOIN account_now AS account ON account.uuid = triple.user_uuid
      LEFT JOIN role_reason AS reason
          ON reason.user_uuid = triple.user_uuid AND reason.role_id = triple.role_id
             AND reason.context_id = triple.context_id
      LEFT JOIN LATERAL (SELECT true AS found
                         FROM {moodle.context}
                         WHERE id = triple.context_id
                         LIMIT 1) AS context ON true
      LEFT JOIN LATERAL (SELECT array_agg(id) AS ids
                         FROM {moodle.role_assignments}
                         WHERE userid = triple.user_id AND contextid = triple.context_id AND roleid = triple.role_id
                           AND component = {component} AND itemid = 0) AS present ON true
      OFFSET 0) AS found
LEFT JOIN LATERAL (SELECT min(id) AS id
                   FROM {moodle.role_assignments}
                   WHERE cardinality({roles.adopt.components}) > 0 AND found.wanted
                     AND userid = found.user_id AND contextid = found.context_id AND roleid = found.role_id
                     AND component = ANY ({roles.adopt.components}) AND itemid = 0) AS adopts
    ON true
WHERE found.wanted <> (found.assignment_ids IS NOT NULL);

-- Where adoption asks, the row of the other component waits, and none of ours is made beside it.
INSERT INTO role_wait
SELECT want.user_uuid, want.role_id, want.context_id, want.user_id, want.adopts, coalesce(known.candidate = want.adopts, false)
FROM role_want AS want
LEFT JOIN LATERAL (SELECT candidate, approved
                   FROM entstream.role_candidate
                   WHERE uuid = want.user_uuid AND role_id = want.role_id AND context_id = want.context_id
                     AND source = {source}
                   LIMIT 1) AS known ON true
WHERE {roles.adopt.asks} AND want.adopts IS NOT NULL AND known.approved IS DISTINCT FROM want.adopts;

DELETE FROM role_want AS want
USING role_wait AS waiting
WHERE waiting.user_id = want.user_id AND waiting.role_id = want.role_id AND waiting.context_id = want.context_id;

ANALYZE role_want (user_id);

SELECT count(*) FILTER (WHERE wanted) AS added, count(*) FILTER (WHERE NOT wanted) AS removed,
       (SELECT count(*) FROM role_wait WHERE NOT known) AS parked
FROM role_want
