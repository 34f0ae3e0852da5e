-- (role, context, user) whose rows in mdl_role_assignments must be looked at again. Duplicates do no harm.
CREATE TEMP TABLE role_triple (
    role_id bigint NOT NULL,
    context_id bigint NOT NULL,
    user_id bigint NOT NULL
) ON COMMIT DROP
