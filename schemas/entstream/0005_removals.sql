-- Removals that belong together, by the producer's word (Change.removals): what they bring in all, and what of it has come.

CREATE TABLE entstream.removals (
    source text COLLATE "C" NOT NULL,
    generation bigint NOT NULL,
    cause text COLLATE "C" NOT NULL,
    users bigint NOT NULL,
    groups bigint NOT NULL,
    roles bigint NOT NULL,
    members bigint NOT NULL,
    users_seen bigint NOT NULL,
    groups_seen bigint NOT NULL,
    roles_seen bigint NOT NULL,
    members_seen bigint NOT NULL,
    first_at timestamptz NOT NULL DEFAULT now(),
    last_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (source, generation, cause)
);
