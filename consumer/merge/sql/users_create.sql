-- New accounts: mdl_user, its context (whose path ends with its own id, hence ids first), our link. Inserts only.
CREATE TEMP TABLE user_new ON COMMIT DROP AS
SELECT work.*, nextval({sequence.user}) AS user_id, nextval({sequence.context}) AS context_id
FROM user_work AS work
WHERE work.moodle_id IS NULL;

ANALYZE user_new (uuid);

INSERT INTO {moodle.user} (id, auth, confirmed, mnethostid, username, idnumber, firstname, lastname, email, institution,
    department, phone1, phone2, address, city, country, lang, timecreated, timemodified)
SELECT user_id, {auth}, 1, {mnet_host}, username, coalesce(idnumber, ''), coalesce(firstname, ''),
       coalesce(lastname, ''), coalesce(email, ''), coalesce(institution, ''), coalesce(department, ''),
       coalesce(phone1, ''), coalesce(phone2, ''), coalesce(address, ''), coalesce(city, ''), coalesce(country, ''),
       coalesce(lang, {lang}), {now}, {now}
FROM user_new;

INSERT INTO {moodle.context} (id, contextlevel, instanceid, path, depth)
SELECT context_id, 30, user_id, '/' || {system_context} || '/' || context_id, 2
FROM user_new;

INSERT INTO entstream.link (source, kind, uuid, moodle_id, status, version)
SELECT {source}, 'user', uuid, user_id, 'active', version
FROM user_new
