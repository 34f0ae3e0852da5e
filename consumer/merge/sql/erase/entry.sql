-- Forgets an entry that has left: every row of entstream's own tables that names it or holds something of it. A row for a
-- member value that a group still lists stays, and names nobody. Returns how many rows of each table it was about.
WITH audited AS (
    DELETE FROM entstream.audit WHERE uuid = {uuid} OR parent = {uuid} RETURNING 1
), parked AS (
    DELETE FROM entstream.parked WHERE uuid = {uuid} RETURNING 1
), unmapped AS (
    DELETE FROM entstream.unmapped WHERE uuid = {uuid} RETURNING 1
), profile_value AS (
    DELETE FROM entstream.profile_value WHERE uuid = {uuid} RETURNING 1
), refused AS (
    DELETE FROM entstream.refused
    WHERE key IN ('user/' || {uuid}, 'group/' || {uuid}, 'role/' || {uuid})
        OR key LIKE 'member/' || {uuid} || '/%'
        OR position(uuid_send({uuid}) IN value) > 0
    RETURNING 1
), former_member AS (
    DELETE FROM entstream.former_member WHERE member_uuid = {uuid} OR group_uuid = {uuid} RETURNING 1
), own_membership AS (
    DELETE FROM entstream.membership
    WHERE parent_uuid = {uuid} OR (member_uuid = {uuid} AND value_hash = {uuid})
    RETURNING 1
), membership AS (
    UPDATE entstream.membership SET member_uuid = NULL
    WHERE member_uuid = {uuid} AND parent_uuid <> {uuid} AND value_hash <> {uuid}
    RETURNING 1
), rejected AS (
    DELETE FROM entstream.rejected WHERE uuid = {uuid} OR parent = {uuid} RETURNING 1
), cohort_category AS (
    DELETE FROM entstream.cohort_category WHERE uuid = {uuid} RETURNING 1
), role_candidate AS (
    DELETE FROM entstream.role_candidate WHERE uuid = {uuid} RETURNING 1
), role_object AS (
    DELETE FROM entstream.role_object WHERE uuid = {uuid} RETURNING 1
), enrolment AS (
    DELETE FROM entstream.enrolment
    WHERE user_id IN (SELECT moodle_id FROM entstream.link WHERE uuid = {uuid} AND kind = 'user')
    RETURNING 1
), link AS (
    DELETE FROM entstream.link WHERE uuid = {uuid} RETURNING 1
)
SELECT jsonb_build_object(
    'audit', (SELECT count(*) FROM audited),
    'parked', (SELECT count(*) FROM parked),
    'unmapped', (SELECT count(*) FROM unmapped),
    'profile_value', (SELECT count(*) FROM profile_value),
    'refused', (SELECT count(*) FROM refused),
    'former_member', (SELECT count(*) FROM former_member),
    'membership', (SELECT count(*) FROM own_membership) + (SELECT count(*) FROM membership),
    'rejected', (SELECT count(*) FROM rejected),
    'cohort_category', (SELECT count(*) FROM cohort_category),
    'role_candidate', (SELECT count(*) FROM role_candidate),
    'role_object', (SELECT count(*) FROM role_object),
    'enrolment', (SELECT count(*) FROM enrolment),
    'link', (SELECT count(*) FROM link))
