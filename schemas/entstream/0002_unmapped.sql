-- Entries of the directory that cannot be mapped in full, and why.

CREATE TABLE entstream.unmapped (
    source text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL CHECK (kind IN ('user', 'cohort', 'role')),
    uuid uuid NOT NULL,
    problem text NOT NULL,
    version bigint NOT NULL,
    since timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (uuid, kind, source)
);
