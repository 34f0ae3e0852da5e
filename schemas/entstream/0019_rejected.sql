-- Members and role assignments whose removal was held and rejected: they stay, though the directory does not want them.
CREATE TABLE entstream.rejected (
    source text COLLATE "C" NOT NULL,
    entity text COLLATE "C" NOT NULL CHECK (entity IN ('member', 'role_assignment')),
    uuid uuid NOT NULL,
    parent uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
    role_id bigint NOT NULL DEFAULT 0,
    context_id bigint NOT NULL DEFAULT 0,
    rejected_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (uuid, entity, parent, role_id, context_id, source)
);
