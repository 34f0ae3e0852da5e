-- Sweep: only role objects that name another role or context now have work to do: what Moodle lacked is there, was
-- deleted, or an administrator gave the identifier to another object. Who names nothing for now keeps what he has: an
-- identifier that is taken from one course and not yet given to the next must not cost the teachers their roles.
DELETE FROM role_plan AS plan
USING role_place AS place
WHERE place.uuid = plan.uuid
  AND (place.role_id IS NOT DISTINCT FROM plan.former_role_id
           AND place.context_id IS NOT DISTINCT FROM plan.former_context_id
       OR (place.role_id IS NULL OR place.context_id IS NULL)
          AND EXISTS (SELECT FROM {moodle.role} WHERE id = plan.former_role_id)
          AND EXISTS (SELECT FROM {moodle.context} WHERE id = plan.former_context_id));

DELETE FROM role_place WHERE uuid NOT IN (SELECT uuid FROM role_plan);

SELECT count(*) FROM role_plan
