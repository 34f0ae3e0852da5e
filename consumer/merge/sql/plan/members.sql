-- From member_delta to member_plan; a value is changed only by a newer record. Whoever it named or names is affected: the
-- former ones are noted in affected. {again_members} is 1 where records of the version that was applied are examined again.
-- What is known is read by plan/members_by_parent.sql, or plan/members_all.sql where that is sooner (plan/members_look.sql).
ANALYZE member_delta (parent);

INSERT INTO member_plan
SELECT parent_kind, parent, value, version, present, member, place, former
FROM {known_members} AS delta
WHERE former_version IS NULL AND present OR former_version < version + {again_members}
   OR {again} = 1 AND former_version = version AND former IS DISTINCT FROM member;

ANALYZE member_plan (parent_kind, parent, present, member);

INSERT INTO affected (parent_kind, parent, member)
SELECT parent_kind, parent, former
FROM member_plan
WHERE former IS NOT NULL AND (NOT present OR former IS DISTINCT FROM member);

SELECT EXISTS (SELECT FROM member_plan WHERE present AND member IS NOT NULL OR former IS NOT NULL) AS affected,
       EXISTS (SELECT FROM affected) AS has_former
