-- Which process serves this Moodle: one at a time, for all its sources.

CREATE TABLE entstream.lease (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    token text NOT NULL DEFAULT '',
    owner text NOT NULL DEFAULT '',
    target text NOT NULL DEFAULT '',
    sources text NOT NULL DEFAULT '',
    backend integer,
    backend_start timestamptz,
    renewed_at timestamptz NOT NULL DEFAULT 'epoch'
);

INSERT INTO entstream.lease DEFAULT VALUES;
