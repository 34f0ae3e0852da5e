-- From member_delta to entstream.membership, the desired state; a value is changed only by a newer record.
-- Only entstream's own tables are written, which nobody else writes while we hold the position.
ANALYZE member_delta (parent);

CREATE TEMP TABLE member_work ON COMMIT DROP AS
SELECT delta.*, known.place, known.member_uuid AS former
FROM member_delta AS delta
LEFT JOIN LATERAL (SELECT ctid AS place, member_uuid, version
                   FROM entstream.membership
                   WHERE parent_uuid = delta.parent AND value_hash = delta.value
                     AND parent_kind = delta.parent_kind AND source = {source}
                   LIMIT 1) AS known ON true
WHERE known.version IS NULL AND delta.present OR known.version < delta.version;

INSERT INTO affected (parent_kind, parent, member)
SELECT parent_kind, parent, former
FROM member_work
WHERE former IS NOT NULL AND (NOT present OR former IS DISTINCT FROM member)
UNION ALL
SELECT parent_kind, parent, member
FROM member_work
WHERE present AND member IS NOT NULL;

DELETE FROM entstream.membership
WHERE ctid = ANY (ARRAY(SELECT place FROM member_work WHERE NOT present));

INSERT INTO entstream.membership (source, parent_kind, parent_uuid, value_hash, member_uuid, version)
SELECT {source}, parent_kind, parent, value, member, version
FROM member_work
WHERE present
ON CONFLICT (parent_uuid, value_hash, parent_kind, source) DO UPDATE
SET member_uuid = excluded.member_uuid, version = excluded.version
