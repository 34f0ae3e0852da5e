-- Removals that the guard holds until somebody approves or rejects them, and how many it has let through.
-- Key columns that an entity does not have are zero.

CREATE TABLE entstream.held (
    source text COLLATE "C" NOT NULL,
    entity text COLLATE "C" NOT NULL CHECK (entity IN ('user', 'cohort', 'member', 'role_assignment')),
    uuid uuid NOT NULL,
    parent uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
    role_id bigint NOT NULL DEFAULT 0,
    context_id bigint NOT NULL DEFAULT 0,
    moodle_id bigint NOT NULL,
    version bigint NOT NULL,
    generation bigint,
    cause text COLLATE "C",
    held_since timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (uuid, entity, parent, role_id, context_id, source)
);
CREATE INDEX held_source ON entstream.held (source, entity);
CREATE INDEX held_parent ON entstream.held (parent) WHERE parent <> '00000000-0000-0000-0000-000000000000';

CREATE TABLE entstream.guard_window (
    source text COLLATE "C" NOT NULL,
    entity text COLLATE "C" NOT NULL CHECK (entity IN ('user', 'cohort', 'member', 'role_assignment')),
    begun_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    let_through bigint NOT NULL,
    held bigint NOT NULL,
    linked bigint NOT NULL,
    PRIMARY KEY (source, entity)
);

-- An account or cohort whose entry has left, but whose removal is held, or was rejected: kept as it is.
ALTER TABLE entstream.link
    DROP CONSTRAINT link_status_check,
    ADD CONSTRAINT link_status_check
        CHECK (status IN ('active', 'left', 'released', 'returning', 'gone_in_moodle', 'kept'));
