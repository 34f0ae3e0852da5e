-- From cohort_delta to cohort_plan: which groups are new enough, which cohort each is linked to or adopts, what becomes of
-- it.
-- A group that was away gets back its cohort, whose members stayed. If it was deleted meanwhile, its member records
-- follow one by one, perhaps in later batches: until the watermark has moved past them nobody is removed ('returning'). So it
-- is with one that is adopted, where its members do not stay.
-- What could not be mapped stays as it is in Moodle. {unlocked}: whether the lock is released, as it was or as it is told now.
ANALYZE cohort_delta (uuid);

INSERT INTO cohort_plan
SELECT delta.uuid, delta.version, delta.present,
       CASE WHEN delta.name = '' AND delta.problem IS NOT NULL THEN coalesce(cohort.name, '') ELSE delta.name END,
       CASE WHEN delta.idnumber = '' AND delta.problem IS NOT NULL AND link.uuid IS NOT NULL
            THEN coalesce(cohort.idnumber, '') ELSE delta.idnumber END,
       delta.description, delta.deleted, delta.problem, delta.level, delta.category, delta.retried,
       coalesce(link.moodle_id, adopt.cohort_id, -row_number() OVER ()),
       cohort.idnumber,
       cohort.name,
       link.status,
       CASE
           WHEN adopt.uuid IS NOT NULL AND {cohorts.adopt.removes_members} THEN 'returning'
           WHEN link.uuid IS NULL THEN 'active'
           WHEN cohort.id IS NULL THEN 'gone_in_moodle'
           WHEN NOT delta.present THEN 'released'
           WHEN link.status IN ('released', 'returning', 'kept') THEN 'returning'
           ELSE 'active'
       END,
       link.uuid IS NOT NULL AND cohort.id IS NULL,
       adopt.uuid IS NOT NULL,
       CASE WHEN delta.level = 10 THEN {system_context} ELSE place.context_id END,
       coalesce(link.unlocked, false),
       CASE WHEN delta.present THEN {unlocked} ELSE coalesce(link.unlocked, false) END
FROM cohort_delta AS delta
LEFT JOIN LATERAL (SELECT *
                   FROM entstream.link
                   WHERE uuid = delta.uuid AND kind = 'cohort' AND source = {source}
                   {at_most_one}) AS link ON true
LEFT JOIN cohort_adopt AS adopt ON adopt.uuid = delta.uuid
LEFT JOIN cohort_place AS place ON place.uuid = delta.uuid
LEFT JOIN LATERAL (SELECT id, name, idnumber
                   FROM {moodle.cohort}
                   WHERE id = coalesce(link.moodle_id, adopt.cohort_id)
                   {at_most_one}) AS cohort ON true
WHERE NOT EXISTS (SELECT FROM cohort_adopt AS waiting WHERE waiting.uuid = delta.uuid AND waiting.reason IS NOT NULL)
  AND NOT EXISTS (SELECT FROM cohort_homeless AS homeless WHERE homeless.uuid = delta.uuid)
  AND CASE
          WHEN link.uuid IS NULL THEN
              delta.present
              AND (adopt.uuid IS NOT NULL OR delta.problem IS NULL)
          WHEN delta.retried THEN link.version <= delta.version
          ELSE link.version < delta.version + {again}
               AND (delta.present OR link.status <> 'kept' OR link.version < delta.version)
      END;

ANALYZE cohort_plan (uuid, cohort_id);

-- How many would be released, for the guard.
SELECT count(*)
FROM cohort_plan
WHERE status = 'released' AND former_status <> 'released'
