-- The rows of a freshly installed Moodle 5.1.6 that entstream depends on. Where Moodle refers to rows by id
-- (contexts, users, roles, the front page) the ids are those that the installer gives.
-- Nobody can log in: the two accounts carry Moodle's marker for "no password stored here".

-- Settings. upgraderunning exists only while an upgrade runs, so a fresh site has no such row.
INSERT INTO mdl_config (name, value) VALUES
    ('rolesactive', '1'),
    ('version', '2025100606'),
    ('release', '5.1.6 (Build: 20260810)'),
    ('branch', '501'),
    ('auth', 'email'),
    ('enrol_plugins_enabled', 'manual,guest,self,cohort'),
    ('mnet_localhost_id', '1'),
    ('mnet_all_hosts_id', '2'),
    ('siteguest', '1'),
    ('siteadmins', '2'),
    ('guestroleid', '6'),
    ('notloggedinroleid', '6'),
    ('defaultuserroleid', '7'),
    ('defaultfrontpageroleid', '8'),
    ('creatornewroleid', '3'),
    ('coursecontact', '3'),
    ('sessiontimeout', '28800'),
    ('dbsessions', '0'),
    ('maintenance_enabled', '0'),
    ('cron_enabled', '1'),
    ('extendedusernamechars', '0'),
    ('allowaccountssameemail', '0'),
    ('lang', 'en'),
    ('contextlocking', '0');

-- An installed plugin is one that has a version here.
INSERT INTO mdl_config_plugins (plugin, name, value)
SELECT plugin, 'version', '2025100600'
FROM unnest(ARRAY['auth_email', 'auth_ldap', 'auth_lti', 'auth_manual', 'auth_nologin', 'auth_none',
                  'auth_shibboleth', 'auth_webservice', 'enrol_category', 'enrol_cohort', 'enrol_guest',
                  'enrol_manual', 'enrol_meta', 'enrol_self', 'logstore_standard', 'tool_cohortroles',
                  'tool_dataprivacy', 'tool_log']) AS plugin;
INSERT INTO mdl_config_plugins (plugin, name, value) VALUES
    ('auth_db', 'version', '2025100601'),
    ('auth_oauth2', 'version', '2025100601'),
    ('enrol_cohort', 'roleid', '5'),
    ('enrol_cohort', 'unenrolaction', '0'),
    ('logstore_standard', 'logguests', '1'),
    ('logstore_standard', 'jsonformat', '1'),
    ('logstore_standard', 'loglifetime', '0'),
    ('logstore_standard', 'buffersize', '50'),
    ('tool_log', 'enabled_stores', 'logstore_standard'),
    ('tool_dataprivacy', 'automaticdeletionrequests', '1');

-- Contexts: the system, the front page, category 1, guest, administrator, the five blocks of the dashboard.
INSERT INTO mdl_context (id, contextlevel, instanceid, path, depth) VALUES
    (1, 10, 0, '/1', 1),
    (2, 50, 1, '/1/2', 2),
    (3, 40, 1, '/1/3', 2),
    (4, 30, 1, '/1/4', 2),
    (5, 30, 2, '/1/5', 2),
    (6, 80, 1, '/1/6', 2),
    (7, 80, 2, '/1/7', 2),
    (8, 80, 3, '/1/8', 2),
    (9, 80, 4, '/1/9', 2),
    (10, 80, 5, '/1/10', 2);
SELECT setval('mdl_context_id_seq', 10);

INSERT INTO mdl_user (id, auth, confirmed, mnethostid, username, password, firstname, lastname, email,
                      description, maildisplay, lastip, timemodified)
SELECT id, 'manual', 1, 1, username, 'not cached', firstname, lastname, email, description, maildisplay, lastip,
       extract(epoch FROM now())::bigint
FROM (VALUES
    (1, 'guest', 'Guest user', ' ', 'root@localhost', 'Account of visitors who have not logged in.', 2, ''),
    (2, 'admin', 'Admin', 'User', 'admin@example.org', NULL, 1, '0.0.0.0')
) AS account (id, username, firstname, lastname, email, description, maildisplay, lastip);
SELECT setval('mdl_user_id_seq', 2);

INSERT INTO mdl_role (id, shortname, description, sortorder, archetype)
SELECT id, shortname, '', id, shortname
FROM unnest(ARRAY['manager', 'coursecreator', 'editingteacher', 'teacher', 'student', 'guest', 'user', 'frontpage'])
     WITH ORDINALITY AS standard (shortname, id);
SELECT setval('mdl_role_id_seq', 8);

INSERT INTO mdl_role_context_levels (roleid, contextlevel) VALUES
    (1, 10), (1, 40), (1, 50),
    (2, 10), (2, 40),
    (3, 50), (3, 70),
    (4, 50), (4, 70),
    (5, 50), (5, 70);

INSERT INTO mdl_course_categories (id, name, descriptionformat, sortorder, timemodified, depth, path)
VALUES (1, 'Category 1', 1, 10000, extract(epoch FROM now())::bigint, 1, '/1');
SELECT setval('mdl_course_categories_id_seq', 1);

INSERT INTO mdl_course (id, fullname, shortname, summary, format, newsitems, timecreated, timemodified)
VALUES (1, 'Moodle', 'moodle', '', 'site', 3, extract(epoch FROM now())::bigint, extract(epoch FROM now())::bigint);
SELECT setval('mdl_course_id_seq', 1);

INSERT INTO mdl_modules (id, name, visible)
SELECT id, name, CASE name WHEN 'bigbluebuttonbn' THEN 0 ELSE 1 END
FROM unnest(ARRAY['assign', 'bigbluebuttonbn', 'book', 'choice', 'data', 'feedback', 'folder', 'forum', 'glossary',
                  'h5pactivity', 'imscp', 'label', 'lesson', 'lti', 'page', 'qbank', 'quiz', 'resource', 'scorm',
                  'subsection', 'url', 'wiki', 'workshop'])
     WITH ORDINALITY AS standard (name, id);
SELECT setval('mdl_modules_id_seq', 23);

INSERT INTO mdl_block_instances (id, blockname, parentcontextid, showinsubcontexts, pagetypepattern, subpagepattern,
                                 defaultregion, defaultweight, configdata, timecreated, timemodified)
SELECT id, blockname, 1, 0, page, subpage, region, weight, '',
       extract(epoch FROM now())::bigint, extract(epoch FROM now())::bigint
FROM (VALUES
    (1, 'admin_bookmarks', 'admin-*', NULL, 'side-pre', 2),
    (2, 'recentlyaccesseditems', 'my-index', '2', 'side-post', 0),
    (3, 'timeline', 'my-index', '2', 'content', 0),
    (4, 'calendar_month', 'my-index', '2', 'content', 1),
    (5, 'myoverview', 'my-index', '3', 'content', 0)
) AS block (id, blockname, page, subpage, region, weight);
SELECT setval('mdl_block_instances_id_seq', 5);

-- The scheduled tasks that entstream brings forward, looks at, or that meet what it writes. The installer picks
-- the minute of some at random; nextruntime is the next time they are due.
INSERT INTO mdl_task_scheduled (component, classname, lastruntime, nextruntime, minute, hour, day, month, dayofweek,
                                faildelay, disabled)
SELECT component, classname, 0, (extract(epoch FROM now())::bigint / 3600 + 1) * 3600, minute, hour, '*', '*', '*',
       0, disabled
FROM (VALUES
    ('moodle', '\core\task\session_cleanup_task', '*', '*', 0),
    ('moodle', '\core\task\context_cleanup_task', '25', '*', 0),
    ('moodle', '\core\task\cache_cleanup_task', '30', '*', 0),
    ('auth_ldap', '\auth_ldap\task\sync_roles', '0', '0', 1),
    ('auth_ldap', '\auth_ldap\task\sync_task', '0', '0', 1),
    ('enrol_cohort', '\enrol_cohort\task\enrol_cohort_sync', '19', '*', 0),
    ('tool_cohortroles', '\tool_cohortroles\task\cohort_role_sync', '55', '*', 0)
) AS task (component, classname, minute, hour, disabled);
