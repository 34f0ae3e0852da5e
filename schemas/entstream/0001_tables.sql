-- What entstream remembers inside Moodle's database. docs/moodle_tables_of_entstream.md explains each table.
-- Keys begin with the UUID: a key that began with the source would look selective to a planner without statistics,
-- as after a first load, when it is not.
-- Versions are offsets of the log that entstream.position names; a row is changed only by a higher one.

CREATE TABLE entstream.property (
    name text PRIMARY KEY,
    value text NOT NULL
);

CREATE TABLE entstream.position (
    target text NOT NULL,
    source text NOT NULL,
    owner_epoch bigint NOT NULL DEFAULT 0,
    owner text NOT NULL DEFAULT '',
    log_id text NOT NULL DEFAULT '',
    next_offset bigint NOT NULL DEFAULT 0,
    last_sequence bigint NOT NULL DEFAULT 0,
    watermark timestamptz,
    rebuild_begun_at timestamptz,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (target, source)
);

CREATE TABLE entstream.link (
    source text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL CHECK (kind IN ('user', 'cohort')),
    uuid uuid NOT NULL,
    moodle_id bigint NOT NULL,
    status text COLLATE "C" NOT NULL CHECK (status IN ('active', 'left', 'released', 'returning', 'gone_in_moodle')),
    suspended boolean NOT NULL DEFAULT false,
    version bigint NOT NULL,
    PRIMARY KEY (uuid, kind, source)
);
CREATE UNIQUE INDEX link_moodle_id ON entstream.link (moodle_id, kind);
CREATE INDEX link_returning ON entstream.link (source) WHERE status = 'returning';

CREATE TABLE entstream.role_object (
    source text COLLATE "C" NOT NULL,
    uuid uuid NOT NULL,
    role text NOT NULL,
    level smallint NOT NULL,
    context_key text NOT NULL,
    identifier text NOT NULL,
    role_id bigint,
    context_id bigint,
    version bigint NOT NULL,
    PRIMARY KEY (uuid, source)
);

CREATE TABLE entstream.membership (
    source text COLLATE "C" NOT NULL,
    parent_kind text COLLATE "C" NOT NULL CHECK (parent_kind IN ('group', 'role')),
    parent_uuid uuid NOT NULL,
    value_hash uuid NOT NULL,
    member_uuid uuid,
    version bigint NOT NULL,
    PRIMARY KEY (parent_uuid, value_hash, parent_kind, source)
);
CREATE INDEX membership_member ON entstream.membership (member_uuid, parent_uuid);

CREATE TABLE entstream.former_member (
    source text COLLATE "C" NOT NULL,
    group_uuid uuid NOT NULL,
    member_uuid uuid NOT NULL,
    PRIMARY KEY (group_uuid, member_uuid, source)
);

CREATE TABLE entstream.parked (
    source text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL CHECK (kind IN ('user', 'cohort')),
    uuid uuid NOT NULL,
    reason text NOT NULL,
    wanted text NOT NULL,
    payload jsonb NOT NULL,
    version bigint NOT NULL,
    refused boolean NOT NULL DEFAULT false,
    parked_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (uuid, kind, source)
);
CREATE INDEX parked_wanted ON entstream.parked (wanted);

CREATE TABLE entstream.touch (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text COLLATE "C" NOT NULL CHECK (kind IN ('dirty_user', 'dirty_context', 'session', 'cohort_sync')),
    subject bigint NOT NULL DEFAULT 0,
    baseline bigint,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE entstream.audit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    applied_at timestamptz NOT NULL DEFAULT now(),
    source text NOT NULL,
    first_offset bigint NOT NULL,
    next_offset bigint NOT NULL,
    entity text NOT NULL,
    action text NOT NULL,
    objects bigint NOT NULL
);
CREATE INDEX audit_applied_at ON entstream.audit (applied_at);
