-- What the DELETEs of this batch announce, so far as it has not been read yet: per kind of record.
SELECT coalesce(sum(greatest(said.users - coalesce(noted.users_seen, 0), 0)), 0)::bigint AS users,
       coalesce(sum(greatest(said.groups - coalesce(noted.groups_seen, 0), 0)), 0)::bigint AS groups,
       coalesce(sum(greatest(said.roles - coalesce(noted.roles_seen, 0), 0)), 0)::bigint AS roles,
       coalesce(sum(greatest(said.members - coalesce(noted.members_seen, 0), 0)), 0)::bigint AS members
FROM (VALUES {announced}) AS said (generation, cause, users, groups, roles, members)
LEFT JOIN entstream.removals AS noted
    ON noted.source = {source} AND noted.generation = said.generation AND noted.cause = said.cause
