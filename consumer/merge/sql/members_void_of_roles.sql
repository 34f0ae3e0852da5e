-- One DELETE of a role object stands for all its members at lower offsets; one that only ceased to be selected keeps
-- them.
DELETE FROM entstream.membership
WHERE ctid = ANY (ARRAY(
    SELECT member.place
    FROM role_delta AS delta
    CROSS JOIN LATERAL (SELECT ctid AS place, version
                        FROM entstream.membership
                        WHERE parent_uuid = delta.uuid AND parent_kind = 'role' AND source = {source}
                        OFFSET 0) AS member
    WHERE delta.deleted AND member.version < delta.version))
