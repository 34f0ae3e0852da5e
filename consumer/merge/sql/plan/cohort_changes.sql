-- From cohort_plan to cohort_change: cohorts that differ from what the directory says: renamed, taken again, or released
-- (members stay, component cleared so that administrators can edit it, hidden). The theme is theirs, and so are context
-- and visibility, unless the mapping names them, but for the moments in which a group goes and comes back: a cohort that
-- they opened or took over since its release is left to them. One whose lock is released has none of the components that
-- lock it.
INSERT INTO cohort_change
SELECT id, uuid, CASE WHEN adopted THEN 'adopted' WHEN leaves THEN 'released' ELSE 'updated' END,
       CASE WHEN old_name <> new_name
            THEN jsonb_build_object('name', jsonb_build_array(old_name, new_name)) ELSE '{}' END
       || CASE WHEN old_idnumber IS DISTINCT FROM new_idnumber
               THEN jsonb_build_object('idnumber', jsonb_build_array(old_idnumber, new_idnumber)) ELSE '{}' END
       || CASE WHEN old_description IS DISTINCT FROM new_description
               THEN jsonb_build_object('description', jsonb_build_array(old_description, new_description)) ELSE '{}' END
       || CASE WHEN old_component <> new_component
               THEN jsonb_build_object('component', jsonb_build_array(old_component, new_component)) ELSE '{}' END
       || CASE WHEN old_visible <> new_visible
               THEN jsonb_build_object('visible', jsonb_build_array(old_visible, new_visible)) ELSE '{}' END
       || CASE WHEN old_context <> new_context
               THEN jsonb_build_object('contextid', jsonb_build_array(old_context, new_context)) ELSE '{}' END
       || CASE WHEN formerly_unlocked <> unlocked
               THEN jsonb_build_object('unlocked', jsonb_build_array(formerly_unlocked, unlocked)) ELSE '{}' END,
       new_name, new_idnumber, new_description, new_component, new_visible, new_context
FROM (SELECT cohort.id, plan.uuid, plan.present, plan.adopted, plan.formerly_unlocked, plan.unlocked,
             plan.status = 'released' AND plan.former_status <> 'released' AS leaves,
             cohort.name AS old_name,
             CASE WHEN plan.present THEN plan.name ELSE cohort.name END AS new_name,
             cohort.idnumber AS old_idnumber,
             CASE WHEN plan.present THEN plan.idnumber ELSE cohort.idnumber END AS new_idnumber,
             cohort.description AS old_description,
             CASE WHEN plan.present THEN plan.description ELSE cohort.description END AS new_description,
             cohort.component AS old_component,
             CASE
                 WHEN plan.present AND NOT plan.unlocked THEN {component}
                 WHEN plan.present AND cohort.component NOT IN ({component}, 'local_ent_installer')
                      OR NOT plan.present AND plan.status = plan.former_status
                 THEN cohort.component
                 ELSE ''
             END AS new_component,
             cohort.visible AS old_visible,
             CASE WHEN NOT plan.present THEN CASE WHEN plan.status = plan.former_status THEN cohort.visible ELSE 0 END
                  WHEN plan.former_status = 'released' OR {sets_cohort_visible} THEN {cohort_visible}
                  ELSE cohort.visible END AS new_visible,
             cohort.contextid AS old_context,
             CASE WHEN plan.present THEN coalesce(plan.context_id, cohort.contextid)
                  ELSE cohort.contextid END AS new_context
      FROM cohort_plan AS plan
      CROSS JOIN LATERAL (SELECT *
                          FROM {moodle.cohort}
                          WHERE id = plan.cohort_id
                          LIMIT 1) AS cohort
      WHERE plan.cohort_id > 0 AND NOT plan.gone) AS cohort
WHERE formerly_unlocked <> unlocked
   OR CASE
          WHEN present THEN
              adopted OR old_name <> new_name OR old_idnumber IS DISTINCT FROM new_idnumber
              OR old_description IS DISTINCT FROM new_description OR old_component <> new_component
              OR {sets_cohort_visible} AND old_visible <> new_visible OR old_context <> new_context
          ELSE leaves AND (old_component <> '' OR old_visible <> 0)
      END;

ANALYZE cohort_change (cohort_id);

-- Counts for the summary and for the steps that follow.
SELECT count(*) FILTER (WHERE cohort_id < 0) AS new,
       (SELECT count(*) FROM cohort_change) AS changed,
       count(*) FILTER (WHERE adopted) AS adopted,
       count(*) FILTER (WHERE gone) AS gone,
       0::bigint AS spared
FROM cohort_plan
