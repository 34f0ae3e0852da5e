-- Held cohorts stay as they are; their link moves to the version of the record that says that the group left.
UPDATE cohort_plan
SET status = 'kept'
FROM held_plan AS held
WHERE held.entity = 'cohort' AND held.uuid = cohort_plan.uuid
