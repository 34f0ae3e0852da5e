-- The same as plan/members_by_parent.sql, by reading all that is known of members.
(SELECT delta.*, known.place, known.version AS former_version, known.member_uuid AS former
 FROM member_delta AS delta
 LEFT JOIN (SELECT parent_uuid, value_hash, parent_kind, ctid AS place, member_uuid, version
            FROM entstream.membership
            WHERE source = {source}
            OFFSET 0) AS known
     ON known.parent_uuid = delta.parent AND known.value_hash = delta.value AND known.parent_kind = delta.parent_kind)
