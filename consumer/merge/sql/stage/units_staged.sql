-- What the units of all kinds have (stage/units.sql), and the accounts whose role assignments are looked at.
-- No role object has this UUID: the account is looked at.
INSERT INTO affected (parent_kind, parent, member)
SELECT 'role', '00000000-0000-0000-0000-000000000000', user_uuid
FROM role_triple;

SELECT EXISTS (SELECT FROM user_delta) AS users,
       EXISTS (SELECT FROM cohort_delta) AS cohorts,
       EXISTS (SELECT FROM role_delta) AS roles,
       EXISTS (SELECT FROM member_delta) AS members,
       EXISTS (SELECT FROM cohort_delta WHERE deleted) AS deleted_groups,
       EXISTS (SELECT FROM role_delta WHERE deleted) AS deleted_roles,
       EXISTS (SELECT FROM user_delta WHERE problem IS NOT NULL) AS user_problems,
       EXISTS (SELECT FROM cohort_delta WHERE problem IS NOT NULL) AS cohort_problems,
       EXISTS (SELECT FROM role_delta WHERE problem IS NOT NULL) AS role_problems,
       EXISTS (SELECT FROM affected) AS pairs,
       EXISTS (SELECT FROM cohort_lock) AS locks
