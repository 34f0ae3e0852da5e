-- Memberships that waited for the users whom this batch creates.
WITH waited AS (
    INSERT INTO affected (parent_kind, parent, member)
    SELECT membership.parent_kind, membership.parent_uuid, membership.member_uuid
    FROM user_new
    JOIN entstream.membership AS membership ON membership.source = {source} AND membership.member_uuid = user_new.uuid
    RETURNING parent_kind
)
SELECT DISTINCT parent_kind FROM waited
