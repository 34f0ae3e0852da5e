-- What the plan says, for the steps that follow and for the summary.
SELECT (SELECT count(*) FROM user_work WHERE moodle_id IS NULL) AS new,
       (SELECT count(*) FROM user_work WHERE moodle_id IS NOT NULL AND NOT gone AND NOT protected) AS known,
       (SELECT count(*) FROM user_work WHERE gone) AS gone,
       0::bigint AS returned,
       (SELECT count(*) FROM user_work WHERE protected AND NOT gone) AS spared,
       (SELECT count(*) FROM user_claim
        WHERE rank > 1 OR holder_id IS NOT NULL) AS contested,
       (SELECT count(*) FROM user_delta WHERE retried) AS retried
