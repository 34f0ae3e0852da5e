-- The next {portion} held removals after {after} that somebody has decided about ({chosen}), and how many there are of each
-- entity.
INSERT INTO held_chosen
SELECT ctid, entity, uuid, parent, role_id, context_id, moodle_id, version
FROM entstream.held
WHERE source = {source} AND {chosen} AND (uuid, entity, parent, role_id, context_id) > ({after})
ORDER BY uuid, entity, parent, role_id, context_id
LIMIT {portion};

INSERT INTO unheld_plan SELECT place FROM held_chosen;

SELECT count(*) AS chosen,
       count(*) FILTER (WHERE entity = 'user') AS users,
       count(*) FILTER (WHERE entity = 'cohort') AS cohorts,
       count(*) FILTER (WHERE entity = 'member') AS members,
       count(*) FILTER (WHERE entity = 'role_assignment') AS role_assignments,
       (SELECT format('%L::uuid, %L, %L::uuid, %s, %s', uuid, entity, parent, role_id, context_id)
        FROM held_chosen
        ORDER BY uuid DESC, entity DESC, parent DESC, role_id DESC, context_id DESC
        LIMIT 1) AS last
FROM held_chosen
