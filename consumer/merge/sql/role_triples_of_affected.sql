-- What the affected pairs of role objects mean in Moodle.
INSERT INTO role_triple (role_id, context_id, user_id)
SELECT known.role_id, known.context_id, account.moodle_id
FROM affected
JOIN entstream.role_object AS known
    ON known.source = {source} AND known.uuid = affected.parent
    AND known.role_id IS NOT NULL AND known.context_id IS NOT NULL
JOIN entstream.link AS account
    ON account.source = {source} AND account.kind = 'user' AND account.uuid = affected.member
WHERE affected.parent_kind = 'role'
