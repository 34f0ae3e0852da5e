-- From role_delta: which role objects are new enough, and what their members hold in Moodle until now.
-- Before anything of entstream.role_object and entstream.membership is changed.
CREATE TEMP TABLE role_work ON COMMIT DROP AS
SELECT delta.*
FROM role_delta AS delta
LEFT JOIN LATERAL (SELECT version
                   FROM entstream.role_object
                   WHERE uuid = delta.uuid AND source = {source}
                   LIMIT 1) AS known ON true
WHERE known.version IS NULL AND delta.present OR known.version < delta.version;

ANALYZE role_work (uuid);

INSERT INTO role_triple (role_id, context_id, user_id)
SELECT known.role_id, known.context_id, account.moodle_id
FROM role_work AS work
CROSS JOIN LATERAL (SELECT role_id, context_id
                    FROM entstream.role_object
                    WHERE uuid = work.uuid AND source = {source}
                      AND role_id IS NOT NULL AND context_id IS NOT NULL
                    LIMIT 1) AS known
CROSS JOIN LATERAL (SELECT member_uuid
                    FROM entstream.membership
                    WHERE parent_uuid = work.uuid AND parent_kind = 'role' AND source = {source}
                    OFFSET 0) AS membership
CROSS JOIN LATERAL (SELECT moodle_id
                    FROM entstream.link
                    WHERE uuid = membership.member_uuid AND kind = 'user' AND source = {source}
                    LIMIT 1) AS account
