-- Members of cohorts that are adopted are noted: whom the directory does not name once all its members are read goes then.
-- An account that is no entry's is noted by a UUID made of its id.
INSERT INTO former_plan
SELECT plan.uuid, coalesce(person.uuid, planned.uuid, ({nobody.prefix} || lpad(to_hex(member.userid), 12, '0'))::uuid)
FROM cohort_plan AS plan
CROSS JOIN LATERAL (SELECT userid
                    FROM {moodle.cohort_members}
                    WHERE cohortid = plan.cohort_id
                    OFFSET 0) AS member
LEFT JOIN LATERAL (SELECT uuid, source
                   FROM entstream.link
                   WHERE moodle_id = member.userid AND kind = 'user'
                   LIMIT 1) AS person ON true
LEFT JOIN user_plan AS planned ON planned.user_id = member.userid
WHERE plan.adopted AND coalesce(person.source, {source}) = {source}
