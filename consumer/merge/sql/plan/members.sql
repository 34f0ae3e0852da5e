-- From member_delta to member_plan; a value is changed only by a newer record. Whoever it named or names is affected: the
-- former ones are noted in affected. {again_members} is 1 where records of the version that was applied are examined again.
-- What is known of a group is read by one look for all of its records, as long as it has not many more members than these
-- ({members_ahead}: how many are read); what that does not show is looked up record by record. Where all that is known is read
-- sooner (plan/members_look.sql) nothing is read ahead, and the look-up is a join.
ANALYZE member_delta (parent);

INSERT INTO member_plan
WITH asked AS MATERIALIZED (
    SELECT parent, {members_ahead} AS most
    FROM member_delta
    GROUP BY parent
), stored AS MATERIALIZED (
    SELECT asked.parent, found.*
    FROM asked
    CROSS JOIN LATERAL (SELECT parent_kind, value_hash, ctid AS place, member_uuid, version
                        FROM entstream.membership
                        WHERE parent_uuid = asked.parent AND source = {source}
                        LIMIT asked.most) AS found
), larger AS MATERIALIZED (
    SELECT asked.parent
    FROM asked
    LEFT JOIN (SELECT parent, count(*) AS members FROM stored GROUP BY parent) AS read ON read.parent = asked.parent
    WHERE coalesce(read.members, 0) >= asked.most
)
SELECT delta.parent_kind, delta.parent, delta.value, delta.version, delta.present, delta.member,
       coalesce(stored.place, known.place), former.member
FROM member_delta AS delta
LEFT JOIN stored
    ON stored.parent = delta.parent AND stored.value_hash = delta.value AND stored.parent_kind = delta.parent_kind
LEFT JOIN larger ON larger.parent = delta.parent
LEFT JOIN LATERAL (SELECT ctid AS place, member_uuid, version
                   FROM entstream.membership
                   WHERE parent_uuid = delta.parent AND value_hash = delta.value
                     AND parent_kind = delta.parent_kind AND source = {source}
                     AND larger.parent IS NOT NULL AND stored.parent IS NULL
                   {at_most_one_member}) AS known ON true
CROSS JOIN LATERAL (SELECT coalesce(stored.version, known.version) AS version,
                           coalesce(stored.member_uuid, known.member_uuid) AS member) AS former
WHERE former.version IS NULL AND delta.present OR former.version < delta.version + {again_members}
   OR {again} = 1 AND former.version = delta.version AND former.member IS DISTINCT FROM delta.member;

ANALYZE member_plan (parent_kind, parent, present, member);

INSERT INTO affected (parent_kind, parent, member)
SELECT parent_kind, parent, former
FROM member_plan
WHERE former IS NOT NULL AND (NOT present OR former IS DISTINCT FROM member);

SELECT EXISTS (SELECT FROM member_plan WHERE present AND member IS NOT NULL OR former IS NOT NULL) AS affected,
       EXISTS (SELECT FROM affected) AS has_former
