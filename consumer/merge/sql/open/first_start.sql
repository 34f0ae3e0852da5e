-- Whether this Moodle was served before, whether it has accounts beside the administrators and the guest, or what may be
-- adopted, and whether
-- somebody has approved what the first start would do. Reads only.
SELECT EXISTS (SELECT FROM entstream.position WHERE log_id <> '' OR rebuild_begun_at IS NOT NULL)
       OR EXISTS (SELECT FROM entstream.link) AS begun,
       EXISTS (SELECT FROM {moodle.user} WHERE deleted = 0 AND id <> ALL ({protected}))
       OR EXISTS (SELECT FROM {moodle.cohort} WHERE component = ANY ({cohorts.adopt.components}))
       OR EXISTS (SELECT FROM {moodle.role_assignments} WHERE component = ANY ({roles.adopt.components})) AS has_content,
       EXISTS (SELECT FROM entstream.run WHERE kind = 'first_start' AND approved_at IS NOT NULL) AS approved
