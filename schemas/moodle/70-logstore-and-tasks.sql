-- The log that administrators read, and the tasks that cron runs.

-- Written: the row that Moodle's own event would have left. edulevel has no default.
CREATE TABLE mdl_logstore_standard_log (
    id bigserial CONSTRAINT mdl_logsstanlog_id_pk PRIMARY KEY,
    eventname varchar(255) NOT NULL DEFAULT '',
    component varchar(100) NOT NULL DEFAULT '', action varchar(100) NOT NULL DEFAULT '',
    target varchar(100) NOT NULL DEFAULT '',
    objecttable varchar(50),
    objectid bigint,
    crud varchar(1) NOT NULL DEFAULT '',
    edulevel smallint NOT NULL,
    contextid bigint NOT NULL, contextlevel bigint NOT NULL, contextinstanceid bigint NOT NULL,
    userid bigint NOT NULL,
    courseid bigint, relateduserid bigint,
    anonymous smallint NOT NULL DEFAULT 0,
    other text,
    timecreated bigint NOT NULL,
    origin varchar(10),
    ip varchar(45),
    realuserid bigint
);
CREATE INDEX mdl_logsstanlog_con_ix ON mdl_logstore_standard_log (contextid);
CREATE INDEX mdl_logsstanlog_cou_ix ON mdl_logstore_standard_log (courseid);
CREATE INDEX mdl_logsstanlog_couanotim_ix ON mdl_logstore_standard_log (courseid, anonymous, timecreated);
CREATE INDEX mdl_logsstanlog_rea_ix ON mdl_logstore_standard_log (realuserid);
CREATE INDEX mdl_logsstanlog_rel_ix ON mdl_logstore_standard_log (relateduserid);
CREATE INDEX mdl_logsstanlog_tim_ix ON mdl_logstore_standard_log (timecreated);
CREATE INDEX mdl_logsstanlog_use_ix ON mdl_logstore_standard_log (userid);
CREATE INDEX mdl_logsstanlog_useconconcr_ix
    ON mdl_logstore_standard_log (userid, contextlevel, contextinstanceid, crud, edulevel, timecreated);

-- Written: nextruntime of \enrol_cohort\task\enrol_cohort_sync, to bring it forward. Read: its lastruntime
-- and timestarted, and whether the tasks of auth_ldap are disabled.
CREATE TABLE mdl_task_scheduled (
    id bigserial CONSTRAINT mdl_tasksche_id_pk PRIMARY KEY,
    component varchar(255) NOT NULL DEFAULT '', classname varchar(255) NOT NULL DEFAULT '',
    lastruntime bigint, nextruntime bigint,
    minute varchar(200) NOT NULL DEFAULT '',
    hour varchar(70) NOT NULL DEFAULT '',
    day varchar(90) NOT NULL DEFAULT '',
    month varchar(30) NOT NULL DEFAULT '',
    dayofweek varchar(25) NOT NULL DEFAULT '',
    faildelay bigint,
    customised smallint NOT NULL DEFAULT 0, disabled smallint NOT NULL DEFAULT 0,
    timestarted bigint,
    hostname varchar(255),
    pid bigint
);
CREATE UNIQUE INDEX mdl_tasksche_cla_uix ON mdl_task_scheduled (classname);
CREATE INDEX mdl_tasksche_lasnex_ix ON mdl_task_scheduled (lastruntime, nextruntime);

-- Not touched.
CREATE TABLE mdl_task_adhoc (
    id bigserial CONSTRAINT mdl_taskadho_id_pk PRIMARY KEY,
    component varchar(255) NOT NULL DEFAULT '', classname varchar(255) NOT NULL DEFAULT '',
    nextruntime bigint NOT NULL,
    faildelay bigint,
    customdata text,
    userid bigint,
    timecreated bigint NOT NULL DEFAULT 0,
    timestarted bigint,
    hostname varchar(255),
    pid bigint,
    attemptsavailable smallint,
    firststartingtime bigint
);
CREATE INDEX mdl_taskadho_nex_ix ON mdl_task_adhoc (nextruntime);
CREATE INDEX mdl_taskadho_nexcla_ix ON mdl_task_adhoc (nextruntime, classname);
CREATE INDEX mdl_taskadho_tim_ix ON mdl_task_adhoc (timestarted);
CREATE INDEX mdl_taskadho_use_ix ON mdl_task_adhoc (userid);

-- Not touched: Moodle leaves it empty since its event system was replaced.
CREATE TABLE mdl_events_queue (
    id bigserial CONSTRAINT mdl_evenqueu_id_pk PRIMARY KEY,
    eventdata text NOT NULL,
    stackdump text,
    userid bigint,
    timecreated bigint NOT NULL
);
CREATE INDEX mdl_evenqueu_use_ix ON mdl_events_queue (userid);
