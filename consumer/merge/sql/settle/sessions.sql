-- After the commit: whoever was suspended is logged out, unless he is back already. Rows are locked in id order.
WITH done AS MATERIALIZED (
    DELETE FROM entstream.touch WHERE kind = 'session'
    RETURNING subject
), open_session AS MATERIALIZED (
    SELECT session.id
    FROM {moodle.sessions} AS session
    WHERE session.userid IN (SELECT done.subject
                             FROM done
                             JOIN {moodle.user} AS account ON account.id = done.subject AND account.suspended = 1)
    ORDER BY session.id
    FOR UPDATE OF session
)
DELETE FROM {moodle.sessions} WHERE id IN (SELECT id FROM open_session)
