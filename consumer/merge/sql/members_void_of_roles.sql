-- One DELETE of a role object stands for all its members at lower offsets.
DELETE FROM entstream.membership AS membership
USING role_delta AS delta
WHERE membership.source = {source} AND membership.parent_kind = 'role' AND membership.parent_uuid = delta.uuid
  AND membership.version < CASE WHEN delta.present THEN delta.members_void_below ELSE delta.version END
