-- Records that the database refuses for their data, as they are on the log: tried again by every sweep.

CREATE TABLE entstream.refused (
    source text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    value bytea NOT NULL,
    version bigint NOT NULL,
    reason text NOT NULL,
    since timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (source, key)
);
