-- Enrolments and course groups. entstream never writes them: Moodle's enrol_cohort task derives them
-- from cohort members. They are here so that tests can see a cohort in use and stand in for that task.

-- Read: whether a cohort is in use (enrol = 'cohort', customint1 = cohort id).
CREATE TABLE mdl_enrol (
    id bigserial CONSTRAINT mdl_enro_id_pk PRIMARY KEY,
    enrol varchar(20) NOT NULL DEFAULT '',
    status bigint NOT NULL DEFAULT 0,
    courseid bigint NOT NULL,
    sortorder bigint NOT NULL DEFAULT 0,
    name varchar(255),
    enrolperiod bigint DEFAULT 0, enrolstartdate bigint DEFAULT 0, enrolenddate bigint DEFAULT 0,
    expirynotify smallint DEFAULT 0,
    expirythreshold bigint DEFAULT 0,
    notifyall smallint DEFAULT 0,
    password varchar(50),
    cost varchar(20),
    currency varchar(3),
    roleid bigint DEFAULT 0,
    customint1 bigint, customint2 bigint, customint3 bigint, customint4 bigint, customint5 bigint,
    customint6 bigint, customint7 bigint, customint8 bigint,
    customchar1 varchar(255), customchar2 varchar(255),
    customchar3 varchar(1333),
    customdec1 numeric(12,7), customdec2 numeric(12,7),
    customtext1 text, customtext2 text, customtext3 text, customtext4 text,
    timecreated bigint NOT NULL DEFAULT 0, timemodified bigint NOT NULL DEFAULT 0
);
CREATE INDEX mdl_enro_cou_ix ON mdl_enrol (courseid);
CREATE INDEX mdl_enro_enr_ix ON mdl_enrol (enrol);
CREATE INDEX mdl_enro_rol_ix ON mdl_enrol (roleid);

-- Not touched.
CREATE TABLE mdl_user_enrolments (
    id bigserial CONSTRAINT mdl_userenro_id_pk PRIMARY KEY,
    status bigint NOT NULL DEFAULT 0,
    enrolid bigint NOT NULL, userid bigint NOT NULL,
    timestart bigint NOT NULL DEFAULT 0,
    timeend bigint NOT NULL DEFAULT 2147483647,
    modifierid bigint NOT NULL DEFAULT 0, timecreated bigint NOT NULL DEFAULT 0,
    timemodified bigint NOT NULL DEFAULT 0
);
CREATE INDEX mdl_userenro_enr_ix ON mdl_user_enrolments (enrolid);
CREATE UNIQUE INDEX mdl_userenro_enruse_uix ON mdl_user_enrolments (enrolid, userid);
CREATE INDEX mdl_userenro_mod_ix ON mdl_user_enrolments (modifierid);
CREATE INDEX mdl_userenro_use_ix ON mdl_user_enrolments (userid);

-- Not touched.
CREATE TABLE mdl_groups (
    id bigserial CONSTRAINT mdl_grou_id_pk PRIMARY KEY,
    courseid bigint NOT NULL,
    idnumber varchar(100) NOT NULL DEFAULT '',
    name varchar(254) NOT NULL DEFAULT '',
    description text,
    descriptionformat smallint NOT NULL DEFAULT 0,
    enrolmentkey varchar(50),
    picture bigint NOT NULL DEFAULT 0,
    visibility smallint NOT NULL DEFAULT 0,
    participation smallint NOT NULL DEFAULT 1,
    timecreated bigint NOT NULL DEFAULT 0, timemodified bigint NOT NULL DEFAULT 0
);
CREATE INDEX mdl_grou_cou_ix ON mdl_groups (courseid);
CREATE INDEX mdl_grou_idn_ix ON mdl_groups (idnumber);

-- Not touched: Moodle caches group memberships where SQL cannot reach.
CREATE TABLE mdl_groups_members (
    id bigserial CONSTRAINT mdl_groumemb_id_pk PRIMARY KEY,
    groupid bigint NOT NULL DEFAULT 0, userid bigint NOT NULL DEFAULT 0, timeadded bigint NOT NULL DEFAULT 0,
    component varchar(100) NOT NULL DEFAULT '',
    itemid bigint NOT NULL DEFAULT 0
);
CREATE INDEX mdl_groumemb_gro_ix ON mdl_groups_members (groupid);
CREATE INDEX mdl_groumemb_use_ix ON mdl_groups_members (userid);
CREATE UNIQUE INDEX mdl_groumemb_usegro_uix ON mdl_groups_members (userid, groupid);
