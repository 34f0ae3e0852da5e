-- What we read and write of Moodle, column by column, and what the database says: a row for each column that is not
-- there and each right that we lack. Reads the catalogue only.
WITH need (table_name, rights, columns) AS (
    VALUES ('config', 'SELECT', 'name,value'),
           ('config_plugins', 'SELECT,INSERT,UPDATE', 'plugin,name,value'),
           ('context', 'SELECT,INSERT', 'id,contextlevel,instanceid,path,depth'),
           ('user', 'SELECT,INSERT,UPDATE',
            'id,auth,confirmed,deleted,suspended,mnethostid,username,password,idnumber,firstname,lastname,email,institution,' ||
            'department,phone1,phone2,address,city,country,lang,middlename,alternatename,description,maildisplay,' ||
            'timezone,calendartype,theme,timecreated,timemodified'),
           ('user_info_field', 'SELECT', 'id,shortname,datatype,param1,param2'),
           ('user_info_data', 'SELECT,INSERT,UPDATE', 'id,userid,fieldid,data,dataformat'),
           ('cohort', 'SELECT,INSERT,UPDATE',
            'id,contextid,name,idnumber,description,descriptionformat,visible,component,timecreated,timemodified,theme'),
           ('cohort_members', 'SELECT,INSERT,DELETE,UPDATE', 'id,cohortid,userid,timeadded'),
           ('role', 'SELECT', 'id,shortname'),
           ('role_context_levels', 'SELECT', 'roleid,contextlevel'),
           ('role_assignments', 'SELECT,INSERT,DELETE,UPDATE',
            'id,roleid,contextid,userid,timemodified,modifierid,component,itemid,sortorder'),
           ('course_categories', 'SELECT', 'id,idnumber'),
           ('course', 'SELECT', 'id,idnumber,shortname'),
           ('course_modules', 'SELECT', 'id,idnumber'),
           ('enrol', 'SELECT', 'id,enrol,status,courseid,sortorder,customint1'),
           ('user_enrolments', 'SELECT,INSERT,UPDATE',
            'id,status,enrolid,userid,timestart,timeend,modifierid,timecreated,timemodified'),
           ('cache_flags', 'SELECT,INSERT,UPDATE', 'id,flagtype,name,timemodified,value,expiry'),
           ('sessions', 'SELECT,DELETE,UPDATE', 'id,userid'),
           ('task_scheduled', 'SELECT,UPDATE', 'component,classname,lastruntime,nextruntime,timestarted,faildelay,disabled'),
           ('logstore_standard_log', 'INSERT',
            'eventname,component,action,target,objecttable,objectid,crud,edulevel,contextid,contextlevel,' ||
            'contextinstanceid,userid,courseid,relateduserid,anonymous,other,timecreated,origin')
), found AS (
    SELECT need.*, pg_catalog.to_regclass(quote_ident({schema}) || '.' || quote_ident({prefix} || need.table_name)) AS oid
    FROM need
    WHERE table_name <> 'user_enrolments' OR {roles.enrol} <> ''
)
SELECT 'table ' || {prefix} || table_name || ' is missing' AS problem
FROM found
WHERE oid IS NULL
UNION ALL
SELECT 'column ' || {prefix} || table_name || '.' || wanted.name || ' is missing'
FROM found, unnest(string_to_array(columns, ',')) AS wanted (name)
WHERE oid IS NOT NULL
  AND NOT EXISTS (SELECT
                  FROM pg_catalog.pg_attribute AS attribute
                  WHERE attribute.attrelid = found.oid AND attribute.attname = wanted.name
                    AND attribute.attnum > 0 AND NOT attribute.attisdropped)
UNION ALL
SELECT 'right ' || wanted.name || ' on ' || {prefix} || table_name || ' is missing'
FROM found, unnest(string_to_array(rights, ',')) AS wanted (name)
WHERE oid IS NOT NULL AND NOT pg_catalog.has_table_privilege(oid, wanted.name)
UNION ALL
SELECT 'right USAGE on sequence ' || {prefix} || table_name || '_id_seq is missing'
FROM found
WHERE oid IS NOT NULL AND rights LIKE '%INSERT%'
  AND NOT coalesce(pg_catalog.has_sequence_privilege(
          pg_catalog.to_regclass(quote_ident({schema}) || '.' || quote_ident({prefix} || table_name || '_id_seq')),
          'USAGE'), false)
UNION ALL
SELECT 'right TEMPORARY on the database is missing'
WHERE NOT pg_catalog.has_database_privilege(current_database(), 'TEMPORARY')
