-- Held members stay in their cohorts.
DELETE FROM cohort_pair
USING held_plan AS held
WHERE held.entity = 'member' AND held.uuid = cohort_pair.user_uuid AND held.parent = cohort_pair.cohort_uuid
