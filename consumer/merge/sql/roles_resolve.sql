-- From role_work and role_place to entstream.role_object.
DELETE FROM entstream.role_object
WHERE ctid = ANY (ARRAY(
    SELECT known.place
    FROM role_work AS work
    CROSS JOIN LATERAL (SELECT ctid AS place
                        FROM entstream.role_object
                        WHERE uuid = work.uuid AND source = {source}
                        LIMIT 1) AS known
    WHERE NOT work.present));

INSERT INTO entstream.role_object (source, uuid, role, level, context_key, identifier, role_id, context_id, version)
SELECT {source}, work.uuid, work.role, work.level, work.context_key, work.identifier, place.role_id, place.context_id,
       work.version
FROM role_work AS work
JOIN role_place AS place ON place.uuid = work.uuid
ON CONFLICT (uuid, source) DO UPDATE
SET role = excluded.role, level = excluded.level, context_key = excluded.context_key, identifier = excluded.identifier,
    role_id = excluded.role_id, context_id = excluded.context_id, version = excluded.version;

SELECT 'parked', count(*)
FROM role_work AS work
JOIN role_place AS place ON place.uuid = work.uuid
WHERE place.role_id IS NULL OR place.context_id IS NULL
