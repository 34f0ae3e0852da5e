-- Member records of this batch whose user or parent is not in Moodle yet. Reads only.
SELECT 'waiting', count(*)
FROM member_delta AS delta
LEFT JOIN LATERAL (SELECT true AS found
                   FROM entstream.link
                   WHERE uuid = delta.member AND kind = 'user' AND source = {source}
                   LIMIT 1) AS account ON true
LEFT JOIN LATERAL (SELECT true AS found
                   FROM entstream.link
                   WHERE uuid = delta.parent AND kind = 'cohort' AND source = {source}
                     AND delta.parent_kind = 'group'
                   LIMIT 1) AS cohort ON true
LEFT JOIN LATERAL (SELECT true AS found
                   FROM entstream.role_object
                   WHERE uuid = delta.parent AND source = {source} AND delta.parent_kind = 'role'
                     AND role_id IS NOT NULL AND context_id IS NOT NULL
                   LIMIT 1) AS role ON true
WHERE delta.present AND (account.found IS NULL OR cohort.found IS NULL AND role.found IS NULL)
