-- From member_plan to entstream.membership, the desired state. Only entstream's own tables are written, which nobody else
-- writes while we hold the position.
DELETE FROM entstream.membership
WHERE ctid = ANY (ARRAY(SELECT place FROM member_plan WHERE NOT present AND place IS NOT NULL));

-- New rows by themselves, without a look into the index before each: a first load has no others.
INSERT INTO entstream.membership (source, parent_kind, parent_uuid, value_hash, member_uuid, version)
SELECT {source}, parent_kind, parent, value, member, version
FROM member_plan
WHERE present AND place IS NULL;

INSERT INTO entstream.membership (source, parent_kind, parent_uuid, value_hash, member_uuid, version)
SELECT {source}, parent_kind, parent, value, member, version
FROM member_plan
WHERE present AND place IS NOT NULL
ON CONFLICT (parent_uuid, value_hash, parent_kind, source) DO UPDATE
SET member_uuid = excluded.member_uuid, version = excluded.version
