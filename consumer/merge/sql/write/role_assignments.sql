-- From role_want to mdl_role_assignments. There is no unique index: the lock of the position row keeps other writers of
-- ours away, and only rows with our component are ever deleted, in id order. One that is adopted gives nobody another right.
WITH lent AS MATERIALIZED (
    SELECT assignment.id
    FROM {moodle.role_assignments} AS assignment
    WHERE assignment.id IN (SELECT adopts FROM role_want WHERE adopts IS NOT NULL)
    ORDER BY assignment.id
    FOR UPDATE
), adopted AS (
    UPDATE {moodle.role_assignments} SET component = {component} WHERE id IN (SELECT id FROM lent)
    RETURNING id, roleid, contextid, userid
)
INSERT INTO role_change SELECT 'adopted', id, roleid, contextid, userid FROM adopted;

WITH added AS (
    INSERT INTO {moodle.role_assignments} (roleid, contextid, userid, timemodified, modifierid, component, itemid,
        sortorder)
    SELECT role_id, context_id, user_id, {now}, {actor}, {component}, 0, 0
    FROM role_want
    WHERE wanted AND adopts IS NULL
    ORDER BY context_id, role_id, user_id
    RETURNING id, roleid, contextid, userid
)
INSERT INTO role_change SELECT 'created', id, roleid, contextid, userid FROM added;

WITH unwanted AS MATERIALIZED (
    SELECT assignment.id
    FROM {moodle.role_assignments} AS assignment
    WHERE assignment.id IN (SELECT unnest(assignment_ids) FROM role_want WHERE NOT wanted)
    ORDER BY assignment.id
    FOR UPDATE
), removed AS (
    DELETE FROM {moodle.role_assignments} WHERE id IN (SELECT id FROM unwanted)
    RETURNING id, roleid, contextid, userid
)
INSERT INTO role_change SELECT 'removed', id, roleid, contextid, userid FROM removed;

-- Running sessions reload their rights: a flag per user, or in bulk one for the whole site.
INSERT INTO entstream.touch (kind, subject)
SELECT 'dirty_user', user_id
FROM (SELECT DISTINCT user_id FROM role_change WHERE action <> 'adopted') AS changed
WHERE (SELECT count(DISTINCT user_id) FROM role_change WHERE action <> 'adopted') <= {most_dirty_users}
UNION ALL
SELECT 'dirty_context', {system_context}
WHERE (SELECT count(DISTINCT user_id) FROM role_change WHERE action <> 'adopted') > {most_dirty_users};

SELECT action, count(*) FROM role_change GROUP BY action
