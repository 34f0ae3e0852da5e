-- From role_triple to mdl_role_assignments. A row with our component exists if and only if some role object of some
-- source gives that role in that context to that user, and he was not deleted in Moodle. There is no unique index: the lock of the position row keeps
-- other writers of ours away, and only rows with our component are ever deleted, in id order.
ANALYZE role_triple (user_id);

CREATE TEMP TABLE role_want ON COMMIT DROP AS
SELECT triple.role_id, triple.context_id, triple.user_id, reason.found IS NOT NULL AND living.found IS NOT NULL AS wanted,
       present.ids AS assignment_ids
FROM (SELECT DISTINCT role_id, context_id, user_id FROM role_triple) AS triple
LEFT JOIN LATERAL (SELECT uuid, source
                   FROM entstream.link
                   WHERE moodle_id = triple.user_id AND kind = 'user' AND status IN ('active', 'left')
                   LIMIT 1) AS account ON true
LEFT JOIN LATERAL (SELECT true AS found
                   FROM entstream.membership
                   CROSS JOIN LATERAL (SELECT role_id, context_id
                                       FROM entstream.role_object
                                       WHERE uuid = membership.parent_uuid AND source = account.source
                                       LIMIT 1) AS role
                   WHERE membership.member_uuid = account.uuid AND membership.source = account.source
                     AND membership.parent_kind = 'role'
                     AND role.role_id = triple.role_id AND role.context_id = triple.context_id
                   LIMIT 1) AS reason ON true
LEFT JOIN LATERAL (SELECT true AS found
                   FROM {moodle.user}
                   WHERE id = triple.user_id AND deleted = 0
                   LIMIT 1) AS living ON true
LEFT JOIN LATERAL (SELECT array_agg(id) AS ids
                   FROM {moodle.role_assignments}
                   WHERE userid = triple.user_id AND contextid = triple.context_id AND roleid = triple.role_id
                     AND component = {component} AND itemid = 0) AS present ON true;

ANALYZE role_want (user_id);

CREATE TEMP TABLE role_change (
    action varchar(10) NOT NULL,
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
    WHERE want.wanted AND want.assignment_ids IS NULL
    ORDER BY want.context_id, want.role_id, want.user_id
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
FROM (SELECT DISTINCT user_id FROM role_change) AS changed
WHERE (SELECT count(DISTINCT user_id) FROM role_change) <= {most_dirty_users}
UNION ALL
SELECT 'dirty_context', {system_context}
WHERE (SELECT count(DISTINCT user_id) FROM role_change) > {most_dirty_users};

SELECT action, count(*) FROM role_change GROUP BY action
