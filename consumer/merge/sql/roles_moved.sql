-- Sweep: only role objects that name another role or context now have work to do: what Moodle lacked is there, was
-- deleted, or an administrator gave the identifier to another object. Who names nothing for now keeps what he has: an
-- identifier that is taken from one course and not yet given to the next must not cost the teachers their roles.
DELETE FROM role_work AS work
USING role_place AS place
WHERE place.uuid = work.uuid
  AND (place.role_id IS NOT DISTINCT FROM work.role_id AND place.context_id IS NOT DISTINCT FROM work.context_id
       OR (place.role_id IS NULL OR place.context_id IS NULL)
          AND EXISTS (SELECT FROM {moodle.role} WHERE id = work.role_id)
          AND EXISTS (SELECT FROM {moodle.context} WHERE id = work.context_id));

SELECT count(*) FROM role_work
