-- From role_triple to mdl_role_assignments. A row with our component exists if and only if some role object of some
-- source gives that role in that context to that user. There is no unique index: the lock of the position row keeps
-- other writers of ours away, and only rows with our component are ever deleted, in id order.
CREATE TEMP TABLE role_want ON COMMIT DROP AS
SELECT triple.role_id, triple.context_id, triple.user_id,
       EXISTS (SELECT
               FROM entstream.link AS account
               JOIN entstream.membership AS membership
                   ON membership.source = account.source AND membership.member_uuid = account.uuid
                   AND membership.parent_kind = 'role'
               JOIN entstream.role_object AS role
                   ON role.source = membership.source AND role.uuid = membership.parent_uuid
               WHERE account.kind = 'user' AND account.moodle_id = triple.user_id
                 AND account.status IN ('active', 'left')
                 AND role.role_id = triple.role_id AND role.context_id = triple.context_id) AS wanted
FROM (SELECT DISTINCT role_id, context_id, user_id FROM role_triple) AS triple;

CREATE TEMP TABLE role_change (
    action text NOT NULL,
    assignment_id bigint NOT NULL,
    role_id bigint NOT NULL,
    context_id bigint NOT NULL,
    user_id bigint NOT NULL
) ON COMMIT DROP;

WITH added AS (
    INSERT INTO {moodle.role_assignments} (roleid, contextid, userid, timemodified, modifierid, component, itemid,
        sortorder)
    SELECT want.role_id, want.context_id, want.user_id, {now}, {actor}, {component}, 0, 0
    FROM role_want AS want
    JOIN {moodle.role} AS role ON role.id = want.role_id
    JOIN {moodle.context} AS context ON context.id = want.context_id
    WHERE want.wanted
      AND NOT EXISTS (SELECT
                      FROM {moodle.role_assignments} AS present
                      WHERE present.userid = want.user_id AND present.contextid = want.context_id
                        AND present.roleid = want.role_id AND present.component = {component} AND present.itemid = 0)
    ORDER BY want.context_id, want.role_id, want.user_id
    RETURNING id, roleid, contextid, userid
)
INSERT INTO role_change SELECT 'created', id, roleid, contextid, userid FROM added;

WITH unwanted AS MATERIALIZED (
    SELECT assignment.id
    FROM role_want AS want
    JOIN {moodle.role_assignments} AS assignment
        ON assignment.userid = want.user_id AND assignment.contextid = want.context_id
        AND assignment.roleid = want.role_id
    WHERE NOT want.wanted AND assignment.component = {component} AND assignment.itemid = 0
    ORDER BY assignment.id
    FOR UPDATE OF assignment
), removed AS (
    DELETE FROM {moodle.role_assignments} WHERE id IN (SELECT id FROM unwanted)
    RETURNING id, roleid, contextid, userid
)
INSERT INTO role_change SELECT 'removed', id, roleid, contextid, userid FROM removed;

-- Running sessions reload their rights: a flag per user, or in bulk one for the whole site.
INSERT INTO entstream.touch (kind, subject)
SELECT 'dirty_user', user_id
FROM (SELECT DISTINCT user_id FROM role_change) AS changed
WHERE (SELECT count(DISTINCT user_id) FROM role_change) <= {most_dirty_users}
UNION ALL
SELECT 'dirty_context', {system_context}
WHERE (SELECT count(DISTINCT user_id) FROM role_change) > {most_dirty_users};

SELECT action, count(*) FROM role_change GROUP BY action
