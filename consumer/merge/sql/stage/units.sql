-- Stages what a plan of a replay has to do again: a JSON array of the rows of plan/units.sql.
INSERT INTO user_delta
SELECT staged.*
FROM jsonb_array_elements({units}::jsonb) AS unit
CROSS JOIN LATERAL jsonb_populate_record(NULL::user_delta, unit -> 'row') AS staged
WHERE unit ->> 'kind' = 'user';

INSERT INTO profile_delta
SELECT staged.*
FROM jsonb_array_elements({units}::jsonb) AS unit
CROSS JOIN LATERAL jsonb_populate_record(NULL::profile_delta, unit -> 'row') AS staged
WHERE unit ->> 'kind' = 'profile';

INSERT INTO cohort_delta
SELECT staged.*
FROM jsonb_array_elements({units}::jsonb) AS unit
CROSS JOIN LATERAL jsonb_populate_record(NULL::cohort_delta, unit -> 'row') AS staged
WHERE unit ->> 'kind' = 'cohort';

INSERT INTO cohort_lock
SELECT staged.*
FROM jsonb_array_elements({units}::jsonb) AS unit
CROSS JOIN LATERAL jsonb_populate_record(NULL::cohort_lock, unit -> 'row') AS staged
WHERE unit ->> 'kind' = 'lock';

INSERT INTO role_delta
SELECT staged.*
FROM jsonb_array_elements({units}::jsonb) AS unit
CROSS JOIN LATERAL jsonb_populate_record(NULL::role_delta, unit -> 'row') AS staged
WHERE unit ->> 'kind' = 'role';

INSERT INTO member_delta
SELECT staged.*
FROM jsonb_array_elements({units}::jsonb) AS unit
CROSS JOIN LATERAL jsonb_populate_record(NULL::member_delta, unit -> 'row') AS staged
WHERE unit ->> 'kind' = 'member';

INSERT INTO affected
SELECT staged.*
FROM jsonb_array_elements({units}::jsonb) AS unit
CROSS JOIN LATERAL jsonb_populate_record(NULL::affected, unit -> 'row') AS staged
WHERE unit ->> 'kind' = 'pair';

INSERT INTO role_triple
SELECT staged.role_id, staged.context_id, staged.user_id, staged.user_uuid
FROM jsonb_array_elements({units}::jsonb) AS unit
CROSS JOIN LATERAL jsonb_populate_record(NULL::role_triple, unit -> 'row') AS staged
WHERE unit ->> 'kind' = 'triple';

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
