-- The groups and cohorts that name a person, and whether he is a member in Moodle.
SELECT membership.parent_uuid, link.status, cohort.name, cohort.idnumber,
       (SELECT 'yes' FROM {moodle.cohort_members} AS member
        JOIN entstream.link AS person ON person.moodle_id = member.userid AND person.kind = 'user'
        WHERE member.cohortid = cohort.id AND person.uuid = {uuid} AND person.source = {source}) AS is_member,
       coalesce((SELECT 'parked: ' || reason || ': ' || wanted FROM entstream.parked
                 WHERE parked.uuid = membership.parent_uuid AND kind = 'cohort' AND parked.source = {source}),
                (SELECT 'unmapped: ' || problem FROM entstream.unmapped
                 WHERE unmapped.uuid = membership.parent_uuid AND kind = 'cohort' AND unmapped.source = {source})) AS waits
FROM (SELECT DISTINCT parent_uuid FROM entstream.membership
      WHERE member_uuid = {uuid} AND parent_kind = 'group' AND source = {source}) AS membership
LEFT JOIN entstream.link ON link.uuid = membership.parent_uuid AND link.kind = 'cohort' AND link.source = {source}
LEFT JOIN {moodle.cohort} AS cohort ON cohort.id = link.moodle_id
ORDER BY cohort.name, membership.parent_uuid
