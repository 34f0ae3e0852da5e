-- A whole log is staged, as it stood when its end was read: what is linked and not on it is staged as gone, with the version
-- that it has, so that any newer record counts. Cohorts from attributes of people (UUIDs made of names: version 5) have no
-- entry of their own, and stay.
ANALYZE user_delta (uuid);
ANALYZE cohort_delta (uuid);
ANALYZE role_delta (uuid);
ANALYZE member_delta (parent, value);

INSERT INTO member_delta (parent_kind, parent, value, version, present)
SELECT known.parent_kind, known.parent_uuid, known.value_hash, known.version, false
FROM entstream.membership AS known
WHERE known.source = {source} AND known.version < {log_end}
  AND NOT EXISTS (SELECT
                  FROM member_delta AS named
                  WHERE named.parent = known.parent_uuid AND named.value = known.value_hash
                    AND named.parent_kind = known.parent_kind);

INSERT INTO user_delta (uuid, version, present, created_at)
SELECT link.uuid, link.version, false, ''
FROM entstream.link
WHERE link.source = {source} AND link.kind = 'user' AND link.status = 'active' AND link.version < {log_end}
  AND NOT EXISTS (SELECT FROM user_delta AS named WHERE named.uuid = link.uuid);

INSERT INTO cohort_delta (uuid, version, present, name, idnumber, description, deleted)
SELECT link.uuid, link.version, false, '', '', '', true
FROM entstream.link
WHERE link.source = {source} AND link.kind = 'cohort' AND link.status IN ('active', 'returning')
  AND link.version < {log_end} AND substr(link.uuid::text, 15, 1) <> '5'
  AND NOT EXISTS (SELECT FROM cohort_delta AS named WHERE named.uuid = link.uuid);

INSERT INTO role_delta (uuid, version, present, role, level, context_key, identifier, deleted)
SELECT known.uuid, known.version, false, '', 10, '', '', true
FROM entstream.role_object AS known
WHERE known.source = {source} AND known.version < {log_end}
  AND NOT EXISTS (SELECT FROM role_delta AS named WHERE named.uuid = known.uuid);

SELECT EXISTS (SELECT FROM user_delta) AS users,
       EXISTS (SELECT FROM cohort_delta) AS cohorts,
       EXISTS (SELECT FROM role_delta) AS roles,
       EXISTS (SELECT FROM member_delta) AS members,
       EXISTS (SELECT FROM cohort_delta WHERE deleted) AS deleted_groups,
       EXISTS (SELECT FROM role_delta WHERE deleted) AS deleted_roles
