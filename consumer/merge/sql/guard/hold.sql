-- From removal_plan to held_plan: all removals of {entity}, or those of institutions that are held, and those that are held
-- already.
INSERT INTO held_plan
SELECT removal.entity, removal.uuid, removal.parent, removal.role_id, removal.context_id, removal.moodle_id,
       removal.version, cause.generation, cause.cause
FROM removal_plan AS removal
LEFT JOIN removal_cause AS cause ON cause.version = removal.version
WHERE removal.entity = '{entity}'
  AND (removal.known OR {all}
       OR removal.part IN (SELECT part.part FROM guard_part AS part WHERE part.entity = '{entity}' AND part.holds));

ANALYZE held_plan (uuid)
