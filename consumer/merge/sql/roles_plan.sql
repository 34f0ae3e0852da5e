-- From role_delta: which role objects are new enough, and what their members hold in Moodle until now.
-- Before anything of entstream.role_object and entstream.membership is changed.
CREATE TEMP TABLE role_work ON COMMIT DROP AS
SELECT delta.*
FROM role_delta AS delta
LEFT JOIN entstream.role_object AS known ON known.source = {source} AND known.uuid = delta.uuid
WHERE known.version IS NULL AND delta.present OR known.version < delta.version;

INSERT INTO role_triple (role_id, context_id, user_id)
SELECT known.role_id, known.context_id, account.moodle_id
FROM role_work AS work
JOIN entstream.role_object AS known
    ON known.source = {source} AND known.uuid = work.uuid
    AND known.role_id IS NOT NULL AND known.context_id IS NOT NULL
JOIN entstream.membership AS membership
    ON membership.source = {source} AND membership.parent_kind = 'role' AND membership.parent_uuid = work.uuid
JOIN entstream.link AS account
    ON account.source = {source} AND account.kind = 'user' AND account.uuid = membership.member_uuid
