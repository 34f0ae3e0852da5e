-- From the affected pairs of groups to cohort_pair and former_plan.
-- A member stays in a cohort as long as any value of the group's member attribute resolves to him, even when suspended.
-- What somebody deleted in Moodle since its last record is still linked, but gets no rows: no foreign key would stop them.
-- Whose membership of a group ends while its cohort is released, or kept, stays in the cohort, and is noted, because he goes if the
-- group comes back without him.
WITH looked_at AS MATERIALIZED (
    SELECT parent, member, bool_or(planned) AS planned
    FROM {pairs} AS pair
    WHERE parent_kind = 'group'
    GROUP BY parent, member
), stored AS (
    SELECT DISTINCT pair.parent, pair.member
    FROM looked_at AS pair
    CROSS JOIN LATERAL (SELECT parent_uuid, value_hash
                        FROM entstream.membership
                        WHERE member_uuid = pair.member AND parent_kind = 'group' AND source = {source}
                        OFFSET 0) AS known
    WHERE NOT pair.planned AND known.parent_uuid = pair.parent
      AND NOT EXISTS (SELECT
                      FROM member_plan AS newer
                      WHERE newer.parent = known.parent_uuid AND newer.value = known.value_hash
                        AND newer.parent_kind = 'group')
), pair AS MATERIALIZED (
    SELECT cohort.cohort_id, account.user_id, cohort.uuid AS cohort_uuid, account.uuid AS user_uuid,
           pair.planned OR stored.parent IS NOT NULL AS has_reason,
           account.living AND cohort.living AS living,
           cohort.status AS cohort_status, account.status AS user_status,
           present.id AS member_id
    FROM looked_at AS pair
    JOIN cohort_now AS cohort ON cohort.uuid = pair.parent AND cohort.status <> 'gone_in_moodle'
    JOIN account_now AS account ON account.uuid = pair.member
    LEFT JOIN stored ON stored.parent = pair.parent AND stored.member = pair.member
    LEFT JOIN LATERAL (SELECT id
                       FROM {moodle.cohort_members}
                       WHERE cohortid = cohort.cohort_id AND userid = account.user_id
                         AND cohort.cohort_id > 0 AND account.user_id > 0
                       LIMIT 1) AS present ON true
), noted AS (
    INSERT INTO former_plan
    SELECT cohort_uuid, user_uuid
    FROM pair
    WHERE cohort_status IN ('released', 'kept') AND NOT has_reason AND member_id IS NOT NULL
)
INSERT INTO cohort_pair
SELECT cohort_id, user_id, cohort_uuid, user_uuid, has_reason AND living, member_id
FROM pair
WHERE cohort_status NOT IN ('released', 'kept') AND user_status <> 'gone_in_moodle'
  AND (has_reason AND living) <> (member_id IS NOT NULL);

ANALYZE cohort_pair (user_id);

SELECT count(*) FILTER (WHERE wanted) AS added, count(*) FILTER (WHERE NOT wanted) AS removed,
       EXISTS (SELECT FROM former_plan) AS former
FROM cohort_pair
