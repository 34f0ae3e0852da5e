-- From cohort_plan to cohort_claim: who wants an idnumber that its cohort does not have, who holds it, and whether the
-- holder must give way: it is released, in this batch or before. The idnumber has no index and is not unique in the
-- database, but Moodle's pages keep it unique, and so do we. So mdl_cohort is read as a whole, but only where somebody wants
-- one that he does not have.
INSERT INTO cohort_claim
WITH wanting AS MATERIALIZED (
    SELECT uuid, cohort_id, idnumber
    FROM cohort_plan
    WHERE present AND NOT gone AND idnumber IS DISTINCT FROM current_name AND idnumber <> ''
)
SELECT plan.uuid,
       plan.cohort_id,
       plan.idnumber,
       holder.id,
       coalesce(coalesce(mover.status, holder_link.status) = 'released', false),
       dense_rank() OVER (PARTITION BY plan.idnumber ORDER BY plan.uuid)
FROM wanting AS plan
LEFT JOIN (SELECT id, idnumber
           FROM {moodle.cohort}
           WHERE (SELECT EXISTS (SELECT FROM wanting))) AS holder ON holder.idnumber = plan.idnumber
LEFT JOIN LATERAL (SELECT status
                   FROM entstream.link
                   WHERE moodle_id = holder.id AND kind = 'cohort'
                   LIMIT 1) AS holder_link ON true
LEFT JOIN cohort_plan AS mover ON mover.cohort_id = holder.id;

SELECT count(*) FILTER (WHERE rank > 1 OR holder_id IS NOT NULL) AS contested
FROM cohort_claim
