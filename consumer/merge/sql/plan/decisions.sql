-- What becomes of everything that was looked at, also of what stays as it is, and why, in the order of the log: for traces.
-- version is the offset of the record that says so; NULL: none does. {traced_rows} is true where rows of Moodle were compared
-- with entstream's tables; {traced_parent} and {traced_member} choose single objects then. assignment_name and
-- place_name: plan/assigned_name.sql of the two; named_enrolment: plan/enrolment_name.sql.
WITH planned AS MATERIALIZED (
    SELECT report.*, report.uuid::uuid AS entry, report.parent::uuid AS of_parent
    FROM ({report}) AS report
), said AS MATERIALIZED (
    -- What records say of members.
    SELECT parent_kind, parent, coalesce(member, former) AS member, version
    FROM member_plan
    UNION ALL
    SELECT known.parent_kind, known.parent_uuid, known.member_uuid, known.version
    FROM entstream.membership AS known
    WHERE {traced_rows} AND known.source = {source} AND {traced_parent} AND {traced_member}
      AND CASE known.parent_kind WHEN 'group' THEN {traced_groups} ELSE {traced_roles} END
      AND NOT EXISTS (SELECT
                      FROM member_plan AS newer
                      WHERE newer.parent = known.parent_uuid AND newer.value = known.value_hash
                        AND newer.parent_kind = known.parent_kind)
), place AS MATERIALIZED (
    -- What role objects name once the plan is written.
    SELECT known.uuid, known.role_id, known.context_id
    FROM entstream.role_object AS known
    WHERE known.source = {source} AND NOT EXISTS (SELECT FROM role_plan AS plan WHERE plan.uuid = known.uuid)
    UNION ALL
    SELECT uuid, role_id, context_id
    FROM role_place
), given AS MATERIALIZED (
    -- Which role object gives an assignment, by which record.
    SELECT listed.member, place.role_id, place.context_id, min(listed.parent::text) AS parent, max(listed.version) AS version
    FROM (SELECT parent, member, version
          FROM member_plan
          WHERE parent_kind = 'role' AND present AND member IS NOT NULL
          UNION ALL
          SELECT parent_uuid, member_uuid, version
          FROM entstream.membership
          WHERE parent_kind = 'role' AND source = {source}
            AND member_uuid IN (SELECT user_uuid FROM role_want
                                UNION ALL
                                SELECT user_uuid FROM role_wait
                                UNION ALL
                                SELECT user_uuid FROM enrolment_plan)) AS listed
    JOIN place ON place.uuid = listed.parent
    GROUP BY listed.member, place.role_id, place.context_id
), assignment AS (
    SELECT CASE WHEN adopts IS NOT NULL THEN 'adopted' WHEN wanted THEN 'created' ELSE 'removed' END AS action,
           user_uuid, user_id, role_id, context_id, NULL AS reason
    FROM role_want
    UNION ALL
    SELECT 'parked', user_uuid, user_id, role_id, context_id, 'another component''s assignment waits for approval'
    FROM role_wait
    UNION ALL
    SELECT 'held', uuid, moodle_id, role_id, context_id, cause
    FROM held_plan
    WHERE entity = 'role_assignment'
)
SELECT *
FROM (
    SELECT planned.entity, planned.action, planned.uuid, planned.parent, planned.subject, planned.moodle_id, planned.changes,
           planned.reason, coalesce(person.version, cohort.version, locked.version, object.version) AS version, planned.place,
           planned.role_id, planned.context_id
    FROM planned
    LEFT JOIN user_delta AS person ON planned.entity = 'user' AND person.uuid = planned.entry
    LEFT JOIN cohort_delta AS cohort ON planned.entity = 'cohort' AND cohort.uuid = planned.entry
    LEFT JOIN cohort_plan AS locked ON planned.entity = 'cohort' AND locked.uuid = planned.entry AND cohort.uuid IS NULL
    LEFT JOIN role_delta AS object ON planned.entity = 'role' AND object.uuid = planned.entry
    WHERE planned.entity IN ('user', 'cohort', 'role')
    UNION ALL
    SELECT 'user', 'unchanged', delta.uuid::text, NULL, coalesce(plan.current_name, delta.username), link.moodle_id, NULL,
           CASE
               WHEN link.uuid IS NULL AND delta.present THEN coalesce('waits: ' || delta.problem, 'waits for an account')
               WHEN link.uuid IS NULL THEN 'Moodle has nothing of it, and is to have nothing'
               WHEN plan.uuid IS NOT NULL AND delta.present THEN 'Moodle has it as it should be'
               WHEN plan.uuid IS NOT NULL THEN 'has left, which was dealt with'
               WHEN link.status = 'kept' THEN 'its removal is held, or was rejected'
               ELSE 'the record at offset ' || link.version || ' was applied'
           END, delta.version, 1, NULL, NULL
    FROM user_delta AS delta
    LEFT JOIN user_plan AS plan ON plan.uuid = delta.uuid
    LEFT JOIN entstream.link ON link.uuid = delta.uuid AND link.kind = 'user' AND link.source = {source}
    WHERE NOT EXISTS (SELECT FROM planned WHERE planned.entry = delta.uuid AND planned.entity = 'user')
    UNION ALL
    SELECT 'cohort', 'unchanged', delta.uuid::text, NULL, coalesce(nullif(plan.current_name, ''), delta.idnumber),
           link.moodle_id, NULL,
           CASE
               WHEN link.uuid IS NULL AND delta.present THEN coalesce('waits: ' || delta.problem, 'waits for a cohort')
               WHEN link.uuid IS NULL THEN 'Moodle has nothing of it, and is to have nothing'
               WHEN plan.uuid IS NOT NULL AND delta.present THEN 'Moodle has it as it should be'
               WHEN plan.uuid IS NOT NULL THEN 'was released'
               WHEN link.status = 'kept' THEN 'its removal is held, or was rejected'
               ELSE 'the record at offset ' || link.version || ' was applied'
           END, delta.version, 2, NULL, NULL
    FROM cohort_delta AS delta
    LEFT JOIN cohort_plan AS plan ON plan.uuid = delta.uuid
    LEFT JOIN entstream.link ON link.uuid = delta.uuid AND link.kind = 'cohort' AND link.source = {source}
    WHERE NOT EXISTS (SELECT FROM planned WHERE planned.entry = delta.uuid AND planned.entity = 'cohort')
    UNION ALL
    SELECT 'role',
           CASE
               WHEN plan.uuid IS NULL OR place.role_id IS NOT DISTINCT FROM plan.former_role_id
                                         AND place.context_id IS NOT DISTINCT FROM plan.former_context_id THEN 'unchanged'
               WHEN plan.former_role_id IS NULL OR plan.former_context_id IS NULL THEN 'created'
               WHEN plan.present THEN 'updated'
               ELSE 'removed'
           END, delta.uuid::text, NULL, nullif(delta.role, ''), NULL, NULL,
           CASE
               WHEN plan.uuid IS NULL AND known.uuid IS NULL THEN coalesce('waits: ' || delta.problem, 'gives nothing')
               WHEN plan.uuid IS NULL THEN 'the record at offset ' || known.version || ' was applied'
               WHEN NOT plan.present THEN 'gives nothing'
               ELSE 'gives ' || {place_name} || coalesce(instance.username, '')
           END, delta.version, 3, NULL, NULL
    FROM role_delta AS delta
    LEFT JOIN role_plan AS plan ON plan.uuid = delta.uuid
    LEFT JOIN role_place AS place ON place.uuid = delta.uuid
    LEFT JOIN user_plan AS instance ON instance.user_id = place.context_id AND place.context_id < 0
    LEFT JOIN entstream.role_object AS known ON known.uuid = delta.uuid AND known.source = {source}
    WHERE NOT EXISTS (SELECT FROM planned WHERE planned.entry = delta.uuid AND planned.entity = 'role')
    UNION ALL
    SELECT planned.entity, planned.action, planned.uuid, planned.parent, planned.subject, planned.moodle_id, planned.changes,
           coalesce(planned.reason,
                    CASE WHEN planned.action = 'kept' THEN 'no group names it, and members of adopted cohorts stay'
                         WHEN planned.action = 'removed' THEN 'the group does not name him'
                         WHEN newest.version IS NOT NULL OR stored.version IS NOT NULL THEN 'the group names him' END),
           coalesce(newest.version, stored.version), planned.place, NULL, NULL
    FROM planned
    LEFT JOIN (SELECT parent, member, max(version) AS version
               FROM said
               WHERE parent_kind = 'group' AND member IS NOT NULL
               GROUP BY parent, member) AS newest ON newest.parent = planned.of_parent AND newest.member = planned.entry
    LEFT JOIN LATERAL (SELECT version
                       FROM entstream.membership
                       WHERE member_uuid = planned.entry AND parent_uuid = planned.of_parent AND parent_kind = 'group'
                         AND source = {source} AND newest.version IS NULL
                       LIMIT 1) AS stored ON true
    WHERE planned.entity = 'member'
    UNION ALL
    SELECT 'role_assignment', assignment.action, assignment.user_uuid::text, given.parent,
           {assignment_name} || coalesce(instance.username, ''), assignment.user_id, NULL,
           coalesce(assignment.reason, CASE WHEN given.parent IS NULL THEN 'no role object gives it' ELSE 'a role object gives it' END),
           given.version, 5, assignment.role_id, assignment.context_id
    FROM assignment
    LEFT JOIN given ON given.member = assignment.user_uuid AND given.role_id = assignment.role_id
                       AND given.context_id = assignment.context_id
    LEFT JOIN user_plan AS instance ON instance.user_id = assignment.context_id AND assignment.context_id < 0
    UNION ALL
    SELECT 'enrolment', plan.action, plan.user_uuid::text, giver.parent,
           {named_enrolment}, plan.user_id, NULL,
           CASE plan.action
               WHEN 'suspended' THEN 'no role in the course is left'
               ELSE 'a role object gives a role in the course'
           END, giver.version, 6, NULL, plan.context_id
    FROM enrolment_plan AS plan
    LEFT JOIN LATERAL (SELECT parent, version
                       FROM given
                       WHERE given.member = plan.user_uuid AND given.context_id = plan.context_id
                       ORDER BY version DESC
                       LIMIT 1) AS giver ON plan.action <> 'suspended'
    UNION ALL
    SELECT 'member', 'unchanged', said.member::text, said.parent::text, NULL, cohort.moodle_id, NULL,
           CASE
               WHEN said.member IS NULL THEN 'waits: nobody known has this DN'
               WHEN cohort.uuid IS NULL THEN 'waits: there is no such cohort, or it is not selected'
               WHEN account.uuid IS NULL THEN 'waits: there is no account for him'
               WHEN cohort.status NOT IN ('active', 'returning') THEN 'the cohort is ' || cohort.status
               WHEN account.status = 'gone_in_moodle' THEN 'the account was deleted in Moodle'
               ELSE 'Moodle has it as it should be'
           END, said.version, 4, NULL, NULL
    FROM said
    LEFT JOIN entstream.link AS cohort
        ON cohort.uuid = said.parent AND cohort.kind = 'cohort' AND cohort.source = {source}
    LEFT JOIN entstream.link AS account
        ON account.uuid = said.member AND account.kind = 'user' AND account.source = {source}
    WHERE said.parent_kind = 'group'
      AND NOT EXISTS (SELECT
                      FROM planned
                      WHERE planned.entry = said.member AND planned.of_parent = said.parent AND planned.entity = 'member')
    UNION ALL
    SELECT 'role_assignment', 'unchanged', said.member::text, said.parent::text,
           {place_name} || coalesce(instance.username, ''), account.moodle_id, NULL,
           CASE
               WHEN said.member IS NULL THEN 'waits: nobody known has this DN'
               WHEN place.uuid IS NULL THEN 'waits: there is no such role object, or it is not selected'
               WHEN place.role_id IS NULL OR place.context_id IS NULL THEN 'waits: Moodle lacks the role or the context'
               WHEN account.uuid IS NULL THEN 'waits: there is no account for him'
               WHEN account.status = 'gone_in_moodle' THEN 'the account was deleted in Moodle'
               ELSE 'Moodle has it as it should be'
           END, said.version, 5, place.role_id, place.context_id
    FROM said
    LEFT JOIN place ON place.uuid = said.parent
    LEFT JOIN user_plan AS instance ON instance.user_id = place.context_id AND place.context_id < 0
    LEFT JOIN entstream.link AS account
        ON account.uuid = said.member AND account.kind = 'user' AND account.source = {source}
    WHERE said.parent_kind = 'role'
      AND NOT EXISTS (SELECT
                      FROM assignment
                      WHERE assignment.user_uuid = said.member AND assignment.role_id = place.role_id
                        AND assignment.context_id = place.context_id)) AS decision
ORDER BY version NULLS LAST, place, uuid, parent
