-- From member_delta to member_plan; a value is changed only by a newer record. Whoever it named or names is affected: the
-- former ones are noted in affected. {again_members} is 1 where records of the version that was applied are examined again.
-- A first load brings groups that have no member yet: one look for each of them, instead of one for each member.
ANALYZE member_delta (parent);

INSERT INTO member_plan
WITH known_parent AS MATERIALIZED (
    SELECT asked.parent
    FROM (SELECT DISTINCT parent FROM member_delta) AS asked
    CROSS JOIN LATERAL (SELECT parent_uuid
                        FROM entstream.membership
                        WHERE parent_uuid = asked.parent
                        LIMIT 1) AS stored
)
SELECT delta.parent_kind, delta.parent, delta.value, delta.version, delta.present, delta.member, known.place,
       known.member_uuid
FROM member_delta AS delta
LEFT JOIN known_parent ON known_parent.parent = delta.parent
LEFT JOIN LATERAL (SELECT ctid AS place, member_uuid, version
                   FROM entstream.membership
                   WHERE parent_uuid = delta.parent AND value_hash = delta.value
                     AND parent_kind = delta.parent_kind AND source = {source} AND known_parent.parent IS NOT NULL
                   {at_most_one}) AS known ON true
WHERE known.version IS NULL AND delta.present OR known.version < delta.version + {again_members}
   OR {again} = 1 AND known.version = delta.version AND known.member_uuid IS DISTINCT FROM delta.member;

ANALYZE member_plan (parent_kind, parent, present, member);

INSERT INTO affected (parent_kind, parent, member)
SELECT parent_kind, parent, former
FROM member_plan
WHERE former IS NOT NULL AND (NOT present OR former IS DISTINCT FROM member);

SELECT EXISTS (SELECT FROM member_plan WHERE present AND member IS NOT NULL OR former IS NOT NULL) AS affected
