-- Members and role assignments that were to stay though nobody named them: what is named again, or changes in Moodle, is
-- not noted any more.
DELETE FROM entstream.rejected
WHERE ctid = ANY (ARRAY(
    SELECT known.place
    FROM (SELECT member AS uuid, parent
          FROM member_plan
          WHERE parent_kind = 'group' AND present AND member IS NOT NULL
          UNION
          SELECT user_uuid, cohort_uuid
          FROM cohort_pair) AS pair
    CROSS JOIN LATERAL (SELECT ctid AS place
                        FROM entstream.rejected
                        WHERE uuid = pair.uuid AND entity = 'member' AND parent = pair.parent AND source = {source}
                        LIMIT 1) AS known
    UNION ALL
    SELECT known.place
    FROM (SELECT user_uuid AS uuid, role_id, context_id
          FROM role_reason
          UNION
          SELECT user_uuid, role_id, context_id
          FROM role_triple
          WHERE given
          UNION
          SELECT user_uuid, role_id, context_id
          FROM role_want) AS given
    CROSS JOIN LATERAL (SELECT ctid AS place
                        FROM entstream.rejected
                        WHERE uuid = given.uuid AND entity = 'role_assignment' AND role_id = given.role_id
                          AND context_id = given.context_id AND source = {source}
                        LIMIT 1) AS known))
