-- Sweep: only role objects that name another role or context now, or none any more, have work to do: what Moodle lacked
-- is there, was deleted, or an administrator gave the identifier to another object.
DELETE FROM role_work AS work
USING role_place AS place
WHERE place.uuid = work.uuid
  AND place.role_id IS NOT DISTINCT FROM work.role_id AND place.context_id IS NOT DISTINCT FROM work.context_id;

SELECT count(*) FROM role_work
