-- From member_delta to entstream.membership, the desired state; a value is changed only by a newer record.
-- Only entstream's own tables are written, which nobody else writes while we hold the position.
INSERT INTO affected (parent_kind, parent, member)
SELECT membership.parent_kind, membership.parent_uuid, membership.member_uuid
FROM member_delta AS delta
JOIN entstream.membership AS membership
    ON membership.source = {source} AND membership.parent_kind = delta.parent_kind
    AND membership.parent_uuid = delta.parent AND membership.value_hash = delta.value
WHERE membership.version < delta.version AND membership.member_uuid IS NOT NULL
  AND (NOT delta.present OR membership.member_uuid IS DISTINCT FROM delta.member)
UNION ALL
SELECT parent_kind, parent, member
FROM member_delta
WHERE present AND member IS NOT NULL;

DELETE FROM entstream.membership AS membership
USING member_delta AS delta
WHERE membership.source = {source} AND membership.parent_kind = delta.parent_kind
  AND membership.parent_uuid = delta.parent AND membership.value_hash = delta.value
  AND NOT delta.present AND membership.version < delta.version;

INSERT INTO entstream.membership AS membership (source, parent_kind, parent_uuid, value_hash, member_uuid, version)
SELECT {source}, parent_kind, parent, value, member, version
FROM member_delta
WHERE present
ON CONFLICT (source, parent_kind, parent_uuid, value_hash) DO UPDATE
SET member_uuid = excluded.member_uuid, version = excluded.version
WHERE membership.version < excluded.version
