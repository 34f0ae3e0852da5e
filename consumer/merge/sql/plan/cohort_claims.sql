-- From cohort_plan to cohort_claim: who wants an idnumber that its cohort does not have, who holds it, and whether the
-- holder must give way: it is released, in this batch or before. The idnumber has no index and is not unique in the
-- database, but Moodle's pages keep it unique, and so do we.
INSERT INTO cohort_claim
SELECT plan.uuid,
       plan.cohort_id,
       plan.idnumber,
       holder.id,
       coalesce(coalesce(mover.status, holder_link.status) = 'released', false),
       dense_rank() OVER (PARTITION BY plan.idnumber ORDER BY plan.uuid)
FROM cohort_plan AS plan
LEFT JOIN {moodle.cohort} AS holder ON holder.idnumber = plan.idnumber
LEFT JOIN LATERAL (SELECT status
                   FROM entstream.link
                   WHERE moodle_id = holder.id AND kind = 'cohort'
                   LIMIT 1) AS holder_link ON true
LEFT JOIN cohort_plan AS mover ON mover.cohort_id = holder.id
WHERE plan.present AND NOT plan.gone
  AND plan.idnumber IS DISTINCT FROM plan.current_name AND plan.idnumber <> '';

SELECT count(*) FILTER (WHERE rank > 1 OR holder_id IS NOT NULL) AS contested
FROM cohort_claim
