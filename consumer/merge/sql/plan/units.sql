-- What has to be staged again so that the plan of a replay can be carried out in portions, planned anew under the lock of
-- the position row: the deltas that change something in Moodle, those of members that change, and pairs to look at. Whoever
-- claims a name comes first, so that names that change hands do so in one portion.
SELECT 'user' AS kind, to_jsonb(delta) AS row,
       CASE WHEN EXISTS (SELECT FROM user_claim AS claim WHERE claim.uuid = delta.uuid
                         UNION ALL
                         SELECT FROM user_claim AS claim WHERE claim.holder_id = plan.user_id) THEN 1 ELSE 2 END AS place,
       delta.uuid AS uuid
FROM user_delta AS delta
JOIN user_plan AS plan ON plan.uuid = delta.uuid
WHERE NOT delta.retried
  AND (plan.user_id < 0
       OR EXISTS (SELECT FROM user_change AS change WHERE change.uuid = delta.uuid)
       OR EXISTS (SELECT FROM profile_plan AS profile WHERE profile.uuid = delta.uuid AND profile.data IS NOT NULL)
       OR EXISTS (SELECT FROM held_plan AS held WHERE held.uuid = delta.uuid AND held.entity = 'user'))
UNION ALL
SELECT 'profile', to_jsonb(delta), 2, delta.uuid
FROM profile_delta AS delta
WHERE EXISTS (SELECT FROM profile_plan AS profile WHERE profile.uuid = delta.uuid AND profile.data IS NOT NULL)
   OR EXISTS (SELECT FROM user_plan AS plan WHERE plan.uuid = delta.uuid AND plan.user_id < 0)
UNION ALL
SELECT 'cohort', to_jsonb(delta), 3, delta.uuid
FROM cohort_delta AS delta
JOIN cohort_plan AS plan ON plan.uuid = delta.uuid
WHERE NOT delta.retried
  AND (plan.cohort_id < 0
       OR EXISTS (SELECT FROM cohort_change AS change WHERE change.uuid = delta.uuid)
       OR EXISTS (SELECT FROM held_plan AS held WHERE held.uuid = delta.uuid AND held.entity = 'cohort'))
UNION ALL
SELECT DISTINCT 'lock', to_jsonb(chosen), 3, chosen.uuid
FROM cohort_lock AS chosen
JOIN cohort_change AS change
    ON change.uuid = chosen.uuid AND (chosen.idnumber = '' OR chosen.idnumber = change.idnumber)
WHERE NOT EXISTS (SELECT
                  FROM cohort_delta AS delta
                  JOIN cohort_plan AS plan ON plan.uuid = delta.uuid
                  WHERE delta.uuid = chosen.uuid AND NOT delta.retried)
UNION ALL
SELECT 'role', to_jsonb(delta), 4, delta.uuid
FROM role_delta AS delta
JOIN role_plan AS plan ON plan.uuid = delta.uuid
LEFT JOIN role_place AS place ON place.uuid = delta.uuid
WHERE plan.former_role_id IS DISTINCT FROM place.role_id OR plan.former_context_id IS DISTINCT FROM place.context_id
UNION ALL
SELECT 'member', to_jsonb(delta), 5, delta.parent
FROM member_delta AS delta
LEFT JOIN member_plan AS planned
    ON planned.parent = delta.parent AND planned.value = delta.value AND planned.parent_kind = delta.parent_kind
LEFT JOIN cohort_pair AS of_member
    ON of_member.cohort_uuid = planned.parent AND of_member.user_uuid = planned.member AND planned.parent_kind = 'group'
LEFT JOIN cohort_pair AS of_former
    ON of_former.cohort_uuid = planned.parent AND of_former.user_uuid = planned.former AND planned.parent_kind = 'group'
LEFT JOIN (SELECT DISTINCT user_uuid FROM role_want) AS role_of_member
    ON role_of_member.user_uuid = planned.member AND planned.parent_kind = 'role'
LEFT JOIN (SELECT DISTINCT user_uuid FROM role_want) AS role_of_former
    ON role_of_former.user_uuid = planned.former AND planned.parent_kind = 'role'
WHERE {whole} AND NOT delta.present
   OR num_nonnulls(of_member.user_uuid, of_former.user_uuid, role_of_member.user_uuid, role_of_former.user_uuid) > 0
UNION ALL
SELECT 'pair', to_jsonb(pair), 6, pair.parent
FROM (SELECT 'group' AS parent_kind, cohort_uuid AS parent, user_uuid AS member
      FROM cohort_pair
      UNION
      SELECT held.parent_kind, held.parent, held.member
      FROM (SELECT 'group' AS parent_kind, parent, uuid AS member FROM held_plan WHERE entity = 'member') AS held
      UNION
      SELECT looked_at.parent_kind, looked_at.parent, looked_at.member
      FROM {pairs} AS looked_at
      WHERE looked_at.parent_kind = 'role' AND looked_at.parent <> '00000000-0000-0000-0000-000000000000'
        AND (EXISTS (SELECT FROM role_want AS want WHERE want.user_uuid = looked_at.member)
             OR EXISTS (SELECT FROM held_plan AS held WHERE held.uuid = looked_at.member AND held.entity = 'role_assignment')))
     AS pair
UNION ALL
SELECT 'triple', to_jsonb(triple), 6, triple.user_uuid
FROM role_triple AS triple
WHERE triple.user_id > 0 AND triple.context_id > 0
  AND (EXISTS (SELECT
               FROM role_want AS want
               WHERE NOT want.wanted AND want.user_id = triple.user_id AND want.role_id = triple.role_id
                 AND want.context_id = triple.context_id)
       OR EXISTS (SELECT
                  FROM enrolment_plan AS enrolment
                  WHERE enrolment.user_id = triple.user_id AND enrolment.context_id = triple.context_id)
       OR EXISTS (SELECT
                  FROM held_plan AS held
                  WHERE held.uuid = triple.user_uuid AND held.entity = 'role_assignment'
                    AND held.role_id = triple.role_id AND held.context_id = triple.context_id))
ORDER BY place, uuid
