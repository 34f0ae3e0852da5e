-- The rows of member_delta with what is known of each value: a subquery. What is known of a group is read by one look for all
-- of its records, as long as it has not many more members than these; what that does not show is looked up record by record.
(WITH asked AS MATERIALIZED (
     SELECT parent, 2 * count(*) + 8 AS most
     FROM member_delta
     GROUP BY parent
 ), stored AS MATERIALIZED (
     SELECT asked.parent, found.*
     FROM asked
     CROSS JOIN LATERAL (SELECT parent_kind, value_hash, ctid AS place, member_uuid, version
                         FROM entstream.membership
                         WHERE parent_uuid = asked.parent AND source = {source}
                         LIMIT asked.most) AS found
 ), larger AS MATERIALIZED (
     SELECT asked.parent
     FROM asked
     LEFT JOIN (SELECT parent, count(*) AS members FROM stored GROUP BY parent) AS read ON read.parent = asked.parent
     WHERE coalesce(read.members, 0) >= asked.most
 )
 SELECT delta.*, coalesce(stored.place, known.place) AS place,
        coalesce(stored.version, known.version) AS former_version, coalesce(stored.member_uuid, known.member_uuid) AS former
 FROM member_delta AS delta
 LEFT JOIN stored
     ON stored.parent = delta.parent AND stored.value_hash = delta.value AND stored.parent_kind = delta.parent_kind
 LEFT JOIN larger ON larger.parent = delta.parent
 LEFT JOIN LATERAL (SELECT ctid AS place, member_uuid, version
                    FROM entstream.membership
                    WHERE parent_uuid = delta.parent AND value_hash = delta.value
                      AND parent_kind = delta.parent_kind AND source = {source}
                      AND larger.parent IS NOT NULL AND stored.parent IS NULL
                    LIMIT 1) AS known ON true)
