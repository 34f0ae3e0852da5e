-- Role assignments of other components that are to become ours, where adoption asks: candidate is mdl_role_assignments.id, and
-- approved the one that an administrator lets us have.

CREATE TABLE entstream.role_candidate (
    source text COLLATE "C" NOT NULL,
    uuid uuid NOT NULL,
    role_id bigint NOT NULL,
    context_id bigint NOT NULL,
    candidate bigint NOT NULL,
    approved bigint,
    since timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (uuid, role_id, context_id, source)
);
