-- From held_plan, unheld_plan and guard_plan to entstream.held and entstream.guard_window. A window begins with its first
-- removal; while it holds some, it ends {guard_window} after the last one.
DELETE FROM entstream.held WHERE ctid = ANY (ARRAY(SELECT place FROM unheld_plan));

INSERT INTO entstream.held (source, entity, uuid, parent, role_id, context_id, moodle_id, version, generation, cause)
SELECT {source}, entity, uuid, parent, role_id, context_id, moodle_id, version, generation, cause
FROM held_plan
ON CONFLICT (uuid, entity, parent, role_id, context_id, source) DO UPDATE
SET moodle_id = excluded.moodle_id, version = excluded.version, generation = excluded.generation, cause = excluded.cause;

INSERT INTO entstream.guard_window AS known (source, entity, part, begun_at, ends_at, let_through, held, linked)
SELECT {source}, entity, part, now(), now() + {guard_window}, let_through, held, linked
FROM guard_plan
ON CONFLICT (source, entity, part) DO UPDATE
SET begun_at = CASE WHEN known.ends_at > now() THEN known.begun_at ELSE excluded.begun_at END,
    ends_at = CASE WHEN known.ends_at > now() AND excluded.held = 0 THEN known.ends_at ELSE excluded.ends_at END,
    let_through = excluded.let_through + CASE WHEN known.ends_at > now() THEN known.let_through ELSE 0 END,
    held = excluded.held + CASE WHEN known.ends_at > now() THEN known.held ELSE 0 END,
    linked = CASE WHEN excluded.linked > 0 OR known.ends_at <= now() THEN excluded.linked ELSE known.linked END
