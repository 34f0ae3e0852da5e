-- What this transaction did: one row per entity and action.
INSERT INTO entstream.audit (source, first_offset, next_offset, entity, action, objects)
VALUES {rows}
