-- After the commit: sessions compare a flag's time with the time they last loaded rights, so it is taken here and not
-- in the transaction that changed the rights. (flagtype, name) is not unique: rows that are there are refreshed, in id
-- order, the others inserted. MATERIALIZED keeps the planner from probing name by name.
WITH done AS MATERIALIZED (
    DELETE FROM entstream.touch WHERE kind IN ('dirty_user', 'dirty_context')
    RETURNING kind, subject
), want AS MATERIALIZED (
    SELECT DISTINCT 'accesslib/dirtyusers' AS flagtype, subject::text AS name
    FROM done
    WHERE kind = 'dirty_user'
    UNION ALL
    SELECT DISTINCT 'accesslib/dirtycontexts', context.path
    FROM done
    JOIN {moodle.context} AS context ON context.id = done.subject
    WHERE kind = 'dirty_context'
), have AS MATERIALIZED (
    SELECT flag.id, flag.flagtype, flag.name
    FROM {moodle.cache_flags} AS flag
    JOIN want USING (flagtype, name)
    ORDER BY flag.id
    FOR UPDATE OF flag
), moment AS MATERIALIZED (
    SELECT extract(epoch FROM clock_timestamp())::bigint AS now,
           (SELECT value::bigint FROM {moodle.config} WHERE name = 'sessiontimeout') AS lifetime
), refreshed AS (
    UPDATE {moodle.cache_flags} AS flag
    SET value = '1', timemodified = moment.now, expiry = moment.now + coalesce(moment.lifetime, 28800)
    FROM moment
    WHERE flag.id IN (SELECT id FROM have)
)
INSERT INTO {moodle.cache_flags} (flagtype, name, value, timemodified, expiry)
SELECT want.flagtype, want.name, '1', moment.now, moment.now + coalesce(moment.lifetime, 28800)
FROM want, moment
WHERE (want.flagtype, want.name) NOT IN (SELECT flagtype, name FROM have)
