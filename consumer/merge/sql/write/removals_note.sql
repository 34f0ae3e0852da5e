-- What the DELETEs of this batch say that they belong to. Written with the position, so that no record counts twice. Old
-- rows go here, because only batches with DELETEs add any.
INSERT INTO entstream.removals AS noted (source, generation, cause, users, groups, roles, members,
                                         users_seen, groups_seen, roles_seen, members_seen)
SELECT {source}, of_batch.*
FROM (VALUES {removals}) AS of_batch (generation, cause, users, groups, roles, members,
                                      users_seen, groups_seen, roles_seen, members_seen)
ON CONFLICT (source, generation, cause) DO UPDATE
SET users = greatest(noted.users, excluded.users), groups = greatest(noted.groups, excluded.groups),
    roles = greatest(noted.roles, excluded.roles), members = greatest(noted.members, excluded.members),
    users_seen = noted.users_seen + excluded.users_seen, groups_seen = noted.groups_seen + excluded.groups_seen,
    roles_seen = noted.roles_seen + excluded.roles_seen, members_seen = noted.members_seen + excluded.members_seen,
    last_at = excluded.last_at;

DELETE FROM entstream.removals WHERE source = {source} AND last_at < now() - interval '90 days'
