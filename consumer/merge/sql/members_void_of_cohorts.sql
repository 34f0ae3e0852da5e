-- One DELETE of a group stands for all its members at lower offsets. Their rows in Moodle stay: the cohort is released,
-- or its members are named again by records that follow. A group that only ceased to be selected keeps them: nobody
-- would name them again.
DELETE FROM entstream.membership
WHERE ctid = ANY (ARRAY(
    SELECT member.place
    FROM cohort_delta AS delta
    CROSS JOIN LATERAL (SELECT ctid AS place, version
                        FROM entstream.membership
                        WHERE parent_uuid = delta.uuid AND parent_kind = 'group' AND source = {source}
                        OFFSET 0) AS member
    WHERE delta.deleted AND member.version < delta.version))
