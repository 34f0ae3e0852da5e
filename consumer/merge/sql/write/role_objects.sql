-- From role_plan and role_place to entstream.role_object.
DELETE FROM entstream.role_object
WHERE ctid = ANY (ARRAY(
    SELECT known.place
    FROM role_plan AS plan
    CROSS JOIN LATERAL (SELECT ctid AS place
                        FROM entstream.role_object
                        WHERE uuid = plan.uuid AND source = {source}
                        LIMIT 1) AS known
    WHERE NOT plan.present));

INSERT INTO entstream.role_object (source, uuid, role, level, context_key, identifier, role_id, context_id, version)
SELECT {source}, plan.uuid, plan.role, plan.level, plan.context_key, plan.identifier, place.role_id, place.context_id,
       plan.version
FROM role_plan AS plan
JOIN role_place AS place ON place.uuid = plan.uuid
ON CONFLICT (uuid, source) DO UPDATE
SET role = excluded.role, level = excluded.level, context_key = excluded.context_key, identifier = excluded.identifier,
    role_id = excluded.role_id, context_id = excluded.context_id, version = excluded.version
