-- One DELETE of a group stands for all its members at lower offsets. Their rows in Moodle stay: the cohort is released,
-- or its members are named again by records that follow.
DELETE FROM entstream.membership AS membership
USING cohort_delta AS delta
WHERE membership.source = {source} AND membership.parent_kind = 'group' AND membership.parent_uuid = delta.uuid
  AND membership.version < CASE WHEN delta.present THEN delta.members_void_below ELSE delta.version END
