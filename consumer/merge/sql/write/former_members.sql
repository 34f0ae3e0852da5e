-- From former_plan to entstream.former_member.
INSERT INTO entstream.former_member (source, group_uuid, member_uuid)
SELECT {source}, group_uuid, member_uuid
FROM former_plan
ON CONFLICT (group_uuid, member_uuid, source) DO NOTHING
