-- Rejected: the objects stay until their next change ({chosen}). Accounts and cohorts say so themselves (their link is kept);
-- members and role assignments are noted, so that a forced replay does not take them for somebody's addition.
WITH rejected AS (
    DELETE FROM entstream.held
    WHERE source = {source} AND {chosen}
    RETURNING source, entity, uuid, parent, role_id, context_id
), noted AS (
    INSERT INTO entstream.rejected (source, entity, uuid, parent, role_id, context_id)
    SELECT source, entity, uuid, parent, role_id, context_id
    FROM rejected
    WHERE entity IN ('member', 'role_assignment')
    ON CONFLICT DO NOTHING
)
SELECT count(*) FROM rejected
