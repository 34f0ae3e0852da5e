-- Memberships in the source's cohorts of the people of the institutions that may lose too many.
SELECT account.institution, count(*)
FROM (SELECT id, institution
      FROM {moodle.user}
      WHERE institution IN (SELECT part.part FROM guard_part AS part WHERE {guard.undecided})
      OFFSET 0) AS account
CROSS JOIN LATERAL (SELECT cohortid
                    FROM {moodle.cohort_members}
                    WHERE userid = account.id
                    OFFSET 0) AS member
JOIN entstream.link AS cohort ON cohort.moodle_id = member.cohortid AND cohort.kind = 'cohort'
WHERE cohort.source = {source} AND cohort.status IN ('active', 'returning', 'kept')
GROUP BY account.institution
