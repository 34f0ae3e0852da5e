-- What the tables will have once {source} is forgotten (position/begin_rebuild.sql and, where cohorts.prefix is another one
-- ({former_year}), write/cohorts_of_former_year.sql): views of the same names, for a plan of a changed mapping or of another
-- log, which reads them in the tables' place and writes nothing. They live in the session's temporary schema, until the
-- transaction ends.
CREATE TEMP VIEW position AS SELECT * FROM entstream.position WHERE source <> {source};

CREATE TEMP VIEW link AS
SELECT source, kind, uuid, moodle_id, status, suspended, CASE WHEN source = {source} THEN -1 ELSE version END AS version,
       adopted, auth, unlocked
FROM entstream.link
WHERE NOT ({former_year} AND kind = 'cohort' AND source = {source});

CREATE TEMP VIEW role_object AS
SELECT source, uuid, role, level, context_key, identifier, role_id, context_id,
       CASE WHEN source = {source} THEN -1 ELSE version END AS version
FROM entstream.role_object;

CREATE TEMP VIEW membership AS
SELECT ctid, source, parent_kind, parent_uuid, value_hash, member_uuid,
       CASE WHEN source = {source} THEN -1 ELSE version END AS version
FROM entstream.membership;

CREATE TEMP VIEW held AS
SELECT ctid, source, entity, uuid, parent, role_id, context_id, moodle_id,
       CASE WHEN source = {source} THEN -1 ELSE version END AS version, generation, cause, held_since
FROM entstream.held;

CREATE TEMP VIEW parked AS SELECT ctid, * FROM entstream.parked WHERE source <> {source};
CREATE TEMP VIEW unmapped AS SELECT ctid, * FROM entstream.unmapped WHERE source <> {source};
CREATE TEMP VIEW refused AS SELECT * FROM entstream.refused WHERE source <> {source};
CREATE TEMP VIEW profile_value AS SELECT * FROM entstream.profile_value WHERE source <> {source};
CREATE TEMP VIEW cohort_category AS SELECT * FROM entstream.cohort_category WHERE source <> {source};
CREATE TEMP VIEW removals AS SELECT * FROM entstream.removals WHERE source <> {source};
CREATE TEMP VIEW former_member AS SELECT * FROM entstream.former_member WHERE NOT ({former_year} AND source = {source});

CREATE TEMP VIEW moodle_cohort AS
SELECT id, contextid, name, idnumber, description, visible,
       CASE
           WHEN {former_year} AND component = {component}
                AND id IN (SELECT moodle_id FROM entstream.link WHERE kind = 'cohort' AND source = {source}) THEN ''
           ELSE component
       END AS component
FROM {moodle.cohort}
