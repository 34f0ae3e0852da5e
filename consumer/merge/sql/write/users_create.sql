-- New accounts: mdl_user, its context (whose path ends with its own id, hence ids first), our link. Inserts only.
INSERT INTO user_new
SELECT user_id, nextval({sequence.user}), nextval({sequence.context})
FROM user_plan
WHERE user_id < 0;

ANALYZE user_new (planned_id);

INSERT INTO {moodle.user} (id, auth, confirmed, mnethostid, {user.columns}, timecreated, timemodified)
SELECT new.user_id, {auth}, 1, {mnet_host}, {user.new_values}, {now}, {now}
FROM user_new AS new
JOIN user_plan AS plan ON plan.user_id = new.planned_id;

INSERT INTO {moodle.context} (id, contextlevel, instanceid, path, depth)
SELECT context_id, 30, user_id, '/' || {system_context} || '/' || context_id, 2
FROM user_new;

INSERT INTO entstream.link (source, kind, uuid, moodle_id, status, version)
SELECT {source}, 'user', plan.uuid, new.user_id, plan.status, plan.version
FROM user_new AS new
JOIN user_plan AS plan ON plan.user_id = new.planned_id;

-- Whatever was planned for them gets their ids.
UPDATE profile_plan SET user_id = new.user_id FROM user_new AS new WHERE profile_plan.user_id = new.planned_id;
UPDATE cohort_pair SET user_id = new.user_id FROM user_new AS new WHERE cohort_pair.user_id = new.planned_id;
UPDATE role_want SET user_id = new.user_id FROM user_new AS new WHERE role_want.user_id = new.planned_id;
UPDATE role_want SET context_id = new.context_id FROM user_new AS new WHERE role_want.context_id = new.planned_id;
UPDATE role_place SET context_id = new.context_id FROM user_new AS new WHERE role_place.context_id = new.planned_id
