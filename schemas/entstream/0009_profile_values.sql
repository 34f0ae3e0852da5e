-- What custom profile fields of people are to have, by the directory. waits: why Moodle does not have it; NULL: it has.

CREATE TABLE entstream.profile_value (
    source text COLLATE "C" NOT NULL,
    uuid uuid NOT NULL,
    field text COLLATE "C" NOT NULL,
    value text NOT NULL,
    waits text,
    version bigint NOT NULL,
    PRIMARY KEY (uuid, field, source)
);

CREATE INDEX profile_value_waits ON entstream.profile_value (source, uuid) WHERE waits IS NOT NULL;
