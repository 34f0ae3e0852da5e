-- Why objects of a saved plan ({objects}: JSON, with their place in the question) would not be changed any more. {log_end}: the
-- first offset that the plan had not read. Empty: Moodle has it so by now. Reads only.
WITH asked AS MATERIALIZED (
    SELECT *
    FROM jsonb_to_recordset({objects}::jsonb)
        AS one (place bigint, entity text, action text, uuid uuid, parent uuid, role_id bigint, context_id bigint)
)
SELECT asked.place,
       CASE
           WHEN held.found IS NOT NULL THEN 'its removal is held by the guard'
           WHEN object.status = 'gone_in_moodle' OR object.moodle_id IS NOT NULL AND NOT object.living
           THEN 'it was deleted in Moodle'
           WHEN parked.reason IS NOT NULL AND object.uuid IS NULL THEN 'it waits: ' || parked.reason
           WHEN asked.entity IN ('user', 'cohort') AND object.version >= {log_end}
           THEN 'a newer record was applied, at offset ' || object.version
           WHEN asked.entity IN ('user', 'cohort') AND object.uuid IS NULL THEN 'nothing is linked to it any more'
           WHEN asked.entity IN ('user', 'cohort') THEN ''
           WHEN coalesce(present.found, false) = (asked.action NOT IN ('removed', 'suspended')) THEN ''
           WHEN asked.entity = 'member' AND parent.status IN ('released', 'kept') THEN 'the group has left'
           WHEN asked.action IN ('removed', 'suspended') THEN 'the directory wants it again'
           ELSE 'the directory does not want it any more'
       END AS why
FROM asked
LEFT JOIN LATERAL (SELECT link.uuid, link.status, link.version, link.moodle_id,
                          EXISTS (SELECT FROM {moodle.user}
                                  WHERE link.kind = 'user' AND id = link.moodle_id AND deleted = 0
                                  UNION ALL
                                  SELECT FROM {moodle.cohort}
                                  WHERE link.kind = 'cohort' AND id = link.moodle_id) AS living
                   FROM entstream.link
                   WHERE link.uuid = asked.uuid AND link.source = {source}
                     AND link.kind = CASE asked.entity WHEN 'cohort' THEN 'cohort' ELSE 'user' END
                   LIMIT 1) AS object ON true
LEFT JOIN LATERAL (SELECT status, moodle_id
                   FROM entstream.link
                   WHERE uuid = asked.parent AND kind = 'cohort' AND source = {source} AND asked.entity = 'member'
                   LIMIT 1) AS parent ON true
LEFT JOIN LATERAL (SELECT reason
                   FROM entstream.parked
                   WHERE uuid = asked.uuid AND kind = asked.entity AND source = {source}
                   LIMIT 1) AS parked ON true
LEFT JOIN LATERAL (SELECT true AS found
                   FROM entstream.held
                   WHERE uuid = asked.uuid AND entity = asked.entity AND source = {source}
                     AND (asked.parent IS NULL OR held.parent = asked.parent)
                     AND (asked.role_id IS NULL OR held.role_id = asked.role_id AND held.context_id = asked.context_id)
                   LIMIT 1) AS held ON true
LEFT JOIN LATERAL (SELECT true AS found
                   FROM {moodle.cohort_members}
                   WHERE cohortid = parent.moodle_id AND userid = object.moodle_id AND asked.entity = 'member'
                   UNION ALL
                   SELECT true
                   FROM {moodle.role_assignments}
                   WHERE userid = object.moodle_id AND contextid = asked.context_id AND roleid = asked.role_id
                     AND component = {component} AND asked.entity = 'role_assignment'
                   UNION ALL
                   {enrolled}
                   LIMIT 1) AS present ON true
ORDER BY asked.place
