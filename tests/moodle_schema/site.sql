-- One line per row of a fresh site that entstream depends on. Lines that begin with "exact" must be the same in both
-- databases; a line that begins with "subset" must be in the reference when it is in ours. Times, names of the site
-- and passwords differ from site to site and are left out.
\pset format unaligned
\pset tuples_only on
\pset fieldsep ' | '
\pset null NULL

SELECT CASE WHEN name IN ('version', 'release', 'branch', 'auth', 'enrol_plugins_enabled', 'siteadmins', 'siteguest',
                          'mnet_localhost_id', 'guestroleid', 'defaultuserroleid', 'sessiontimeout', 'dbsessions',
                          'upgraderunning', 'maintenance_enabled', 'extendedusernamechars', 'allowaccountssameemail')
            THEN 'exact' ELSE 'subset' END,
       'config', name, value
FROM mdl_config ORDER BY name;

SELECT CASE WHEN plugin IN ('enrol_cohort', 'logstore_standard', 'local_entstream')
                 OR (plugin ~ '^auth_' AND name = 'version')
                 OR (plugin, name) IN (('tool_log', 'enabled_stores'),
                                       ('tool_dataprivacy', 'automaticdeletionrequests'))
            THEN 'exact' ELSE 'subset' END,
       'plugin setting', plugin, name, value
FROM mdl_config_plugins ORDER BY plugin, name;

SELECT 'exact', 'context', id, contextlevel, instanceid, path, depth, locked FROM mdl_context ORDER BY id;

SELECT 'exact', 'user', id, auth, confirmed, policyagreed, deleted, suspended, mnethostid, username, idnumber,
       firstname, lastname, email, lang, calendartype, timezone, descriptionformat, mailformat, maildisplay,
       autosubscribe, description IS NULL, imagealt, moodlenetprofile, theme, picture
FROM mdl_user ORDER BY id;

SELECT 'exact', 'role', id, name, shortname, description, sortorder, archetype FROM mdl_role ORDER BY id;

SELECT 'exact', 'role level', roleid, contextlevel FROM mdl_role_context_levels ORDER BY roleid, contextlevel;

SELECT 'exact', 'category', id, name, idnumber, description, descriptionformat, parent, sortorder, coursecount, visible,
       visibleold, depth, path, theme
FROM mdl_course_categories ORDER BY id;

SELECT 'exact', 'course', id, category, sortorder, idnumber, summary, summaryformat, format, showgrades, newsitems,
       visible, visibleold, lang, theme, originalcourseid, showcompletionconditions
FROM mdl_course ORDER BY id;

SELECT 'exact', 'module', id, name, visible FROM mdl_modules ORDER BY id;

SELECT 'exact', 'block', id, blockname, parentcontextid, showinsubcontexts, pagetypepattern, subpagepattern,
       defaultregion, defaultweight, configdata, requiredbytheme
FROM mdl_block_instances ORDER BY id;

SELECT CASE WHEN component IN ('auth_ldap', 'enrol_cohort', 'tool_cohortroles') THEN 'exact' ELSE 'subset' END,
       'task', component, classname, lastruntime, nextruntime > 0, hour, day, month, dayofweek, faildelay, customised,
       disabled, timestarted, hostname, pid
FROM mdl_task_scheduled ORDER BY classname;

SELECT 'exact', 'rows', 'mdl_cache_flags', count(*) FROM mdl_cache_flags
UNION ALL SELECT 'exact', 'rows', 'mdl_cohort', count(*) FROM mdl_cohort
UNION ALL SELECT 'exact', 'rows', 'mdl_cohort_members', count(*) FROM mdl_cohort_members
UNION ALL SELECT 'exact', 'rows', 'mdl_enrol', count(*) FROM mdl_enrol
UNION ALL SELECT 'exact', 'rows', 'mdl_logstore_standard_log', count(*) FROM mdl_logstore_standard_log
UNION ALL SELECT 'exact', 'rows', 'mdl_role_assignments', count(*) FROM mdl_role_assignments
UNION ALL SELECT 'exact', 'rows', 'mdl_sessions', count(*) FROM mdl_sessions
UNION ALL SELECT 'exact', 'rows', 'mdl_user_info_data', count(*) FROM mdl_user_info_data;

-- The ids that the next rows will get, read without moving the sequences.
SELECT 'exact', 'next id', name, CASE WHEN is_called THEN last_value + 1 ELSE last_value END
FROM (
    SELECT 'mdl_user' AS name, last_value, is_called FROM mdl_user_id_seq
    UNION ALL SELECT 'mdl_context', last_value, is_called FROM mdl_context_id_seq
    UNION ALL SELECT 'mdl_cohort', last_value, is_called FROM mdl_cohort_id_seq
    UNION ALL SELECT 'mdl_cohort_members', last_value, is_called FROM mdl_cohort_members_id_seq
    UNION ALL SELECT 'mdl_role', last_value, is_called FROM mdl_role_id_seq
    UNION ALL SELECT 'mdl_role_assignments', last_value, is_called FROM mdl_role_assignments_id_seq
    UNION ALL SELECT 'mdl_course', last_value, is_called FROM mdl_course_id_seq
    UNION ALL SELECT 'mdl_course_categories', last_value, is_called FROM mdl_course_categories_id_seq
    UNION ALL SELECT 'mdl_block_instances', last_value, is_called FROM mdl_block_instances_id_seq
) AS sequence;
