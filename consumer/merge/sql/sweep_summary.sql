-- What waits in entstream's own tables after a sweep. Reads only. Looks at every membership once: by hash, whatever the
-- planner believes of the sizes.
SET LOCAL enable_nestloop = off;

SELECT (SELECT count(*) FROM entstream.parked WHERE source = {source} AND kind = 'user') AS parked_users,
       (SELECT count(*) FROM entstream.parked WHERE source = {source} AND kind = 'cohort') AS parked_cohorts,
       (SELECT count(*) FROM entstream.role_object
        WHERE source = {source} AND (role_id IS NULL OR context_id IS NULL)) AS unresolved_roles,
       (SELECT count(*)
        FROM entstream.membership AS membership
        LEFT JOIN entstream.link AS account
            ON account.source = membership.source AND account.kind = 'user' AND account.uuid = membership.member_uuid
        WHERE membership.source = {source} AND account.uuid IS NULL) AS waiting_members
