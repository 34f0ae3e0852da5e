-- From member_delta to member_plan; a value is changed only by a newer record. Whoever it named or names is affected.
ANALYZE member_delta (parent);

INSERT INTO member_plan
SELECT delta.parent_kind, delta.parent, delta.value, delta.version, delta.present, delta.member, known.place,
       known.member_uuid
FROM member_delta AS delta
LEFT JOIN LATERAL (SELECT ctid AS place, member_uuid, version
                   FROM entstream.membership
                   WHERE parent_uuid = delta.parent AND value_hash = delta.value
                     AND parent_kind = delta.parent_kind AND source = {source}
                   LIMIT 1) AS known ON true
WHERE known.version IS NULL AND delta.present OR known.version < delta.version + {again};

ANALYZE member_plan (parent_kind, parent, present, member);

INSERT INTO affected (parent_kind, parent, member)
SELECT parent_kind, parent, former
FROM member_plan
WHERE former IS NOT NULL AND (NOT present OR former IS DISTINCT FROM member)
UNION ALL
SELECT parent_kind, parent, member
FROM member_plan
WHERE present AND member IS NOT NULL
