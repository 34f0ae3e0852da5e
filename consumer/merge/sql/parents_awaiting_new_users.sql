-- Kinds of parents that have waited for the users whom this batch creates. Reads only.
SELECT DISTINCT membership.parent_kind
FROM user_new
CROSS JOIN LATERAL (SELECT parent_kind, parent_uuid, member_uuid
                    FROM entstream.membership
                    WHERE member_uuid = user_new.uuid AND source = {source}
                    OFFSET 0) AS membership
