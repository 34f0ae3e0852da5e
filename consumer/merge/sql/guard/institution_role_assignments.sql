-- Role assignments of ours that the people of the institutions have that may lose too many.
SELECT account.institution, count(*)
FROM (SELECT id, institution
      FROM {moodle.user}
      WHERE institution IN (SELECT part.part FROM guard_part AS part WHERE {guard.undecided})
      OFFSET 0) AS account
CROSS JOIN LATERAL (SELECT id
                    FROM {moodle.role_assignments}
                    WHERE userid = account.id AND component = {component} AND itemid = 0
                    OFFSET 0) AS assignment
GROUP BY account.institution
