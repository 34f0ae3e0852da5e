-- entstream.audit: after a first load, a row for each object, with what changed.

ALTER TABLE entstream.audit ADD COLUMN uuid uuid, ADD COLUMN parent uuid, ADD COLUMN moodle_id bigint;
CREATE INDEX audit_uuid ON entstream.audit (uuid);

CREATE TABLE entstream.audit_field (
    audit_id bigint NOT NULL REFERENCES entstream.audit ON DELETE CASCADE,
    field text NOT NULL,
    before text,
    after text,
    PRIMARY KEY (audit_id, field)
);
