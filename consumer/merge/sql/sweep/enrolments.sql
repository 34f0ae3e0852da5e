-- Sweep: the role assignments of the people of sweep/bound_enrolments.sql between {after} and {last} are looked at, and the enrolments
-- with them. For no role object in particular.
INSERT INTO role_triple
SELECT role_id, context_id, user_id, user_uuid
FROM {enrolments.lacking} AS assignment
WHERE user_uuid > {after} AND user_uuid <= {last};

INSERT INTO affected (parent_kind, parent, member)
SELECT DISTINCT 'role', '00000000-0000-0000-0000-000000000000'::uuid, user_uuid
FROM role_triple
