-- User accounts and what hangs on them.

-- Written: created, updated, suspended, revived. Only (mnethostid, username) is unique; idnumber and email are not.
CREATE TABLE mdl_user (
    id bigserial CONSTRAINT mdl_user_id_pk PRIMARY KEY,
    auth varchar(20) NOT NULL DEFAULT 'manual',
    confirmed smallint NOT NULL DEFAULT 0, policyagreed smallint NOT NULL DEFAULT 0,
    deleted smallint NOT NULL DEFAULT 0, suspended smallint NOT NULL DEFAULT 0,
    mnethostid bigint NOT NULL DEFAULT 0,
    username varchar(100) NOT NULL DEFAULT '',
    password varchar(255) NOT NULL DEFAULT '', idnumber varchar(255) NOT NULL DEFAULT '',
    firstname varchar(100) NOT NULL DEFAULT '', lastname varchar(100) NOT NULL DEFAULT '',
    email varchar(100) NOT NULL DEFAULT '',
    emailstop smallint NOT NULL DEFAULT 0,
    phone1 varchar(20) NOT NULL DEFAULT '', phone2 varchar(20) NOT NULL DEFAULT '',
    institution varchar(255) NOT NULL DEFAULT '', department varchar(255) NOT NULL DEFAULT '',
    address varchar(255) NOT NULL DEFAULT '',
    city varchar(120) NOT NULL DEFAULT '',
    country varchar(2) NOT NULL DEFAULT '',
    lang varchar(30) NOT NULL DEFAULT 'en',
    calendartype varchar(30) NOT NULL DEFAULT 'gregorian',
    theme varchar(50) NOT NULL DEFAULT '',
    timezone varchar(100) NOT NULL DEFAULT '99',
    firstaccess bigint NOT NULL DEFAULT 0, lastaccess bigint NOT NULL DEFAULT 0,
    lastlogin bigint NOT NULL DEFAULT 0, currentlogin bigint NOT NULL DEFAULT 0,
    lastip varchar(45) NOT NULL DEFAULT '',
    secret varchar(15) NOT NULL DEFAULT '',
    picture bigint NOT NULL DEFAULT 0,
    description text,
    descriptionformat smallint NOT NULL DEFAULT 1, mailformat smallint NOT NULL DEFAULT 1,
    maildigest smallint NOT NULL DEFAULT 0,
    maildisplay smallint NOT NULL DEFAULT 2,
    autosubscribe smallint NOT NULL DEFAULT 1,
    trackforums smallint NOT NULL DEFAULT 0,
    timecreated bigint NOT NULL DEFAULT 0, timemodified bigint NOT NULL DEFAULT 0,
    trustbitmask bigint NOT NULL DEFAULT 0,
    imagealt varchar(255), lastnamephonetic varchar(255), firstnamephonetic varchar(255), middlename varchar(255),
    alternatename varchar(255), moodlenetprofile varchar(255)
);
CREATE INDEX mdl_user_alt_ix ON mdl_user (alternatename);
CREATE INDEX mdl_user_aut_ix ON mdl_user (auth);
CREATE INDEX mdl_user_cit_ix ON mdl_user (city);
CREATE INDEX mdl_user_con_ix ON mdl_user (confirmed);
CREATE INDEX mdl_user_cou_ix ON mdl_user (country);
CREATE INDEX mdl_user_del_ix ON mdl_user (deleted);
CREATE INDEX mdl_user_ema_ix ON mdl_user (email);
CREATE INDEX mdl_user_fir2_ix ON mdl_user (firstnamephonetic);
CREATE INDEX mdl_user_fir_ix ON mdl_user (firstname);
CREATE INDEX mdl_user_idn_ix ON mdl_user (idnumber);
CREATE INDEX mdl_user_las2_ix ON mdl_user (lastaccess);
CREATE INDEX mdl_user_las3_ix ON mdl_user (lastnamephonetic);
CREATE INDEX mdl_user_las_ix ON mdl_user (lastname);
CREATE INDEX mdl_user_mid_ix ON mdl_user (middlename);
CREATE UNIQUE INDEX mdl_user_mneuse_uix ON mdl_user (mnethostid, username);

-- Not touched; a custom profile field belongs to one.
CREATE TABLE mdl_user_info_category (
    id bigserial CONSTRAINT mdl_userinfocate_id_pk PRIMARY KEY,
    name varchar(255) NOT NULL DEFAULT '',
    sortorder bigint NOT NULL DEFAULT 0
);

-- Read: the id of a custom profile field by its shortname.
CREATE TABLE mdl_user_info_field (
    id bigserial CONSTRAINT mdl_userinfofiel_id_pk PRIMARY KEY,
    shortname varchar(255) NOT NULL DEFAULT 'shortname',
    name text NOT NULL,
    datatype varchar(255) NOT NULL DEFAULT '',
    description text,
    descriptionformat smallint NOT NULL DEFAULT 0,
    categoryid bigint NOT NULL DEFAULT 0, sortorder bigint NOT NULL DEFAULT 0,
    required smallint NOT NULL DEFAULT 0, locked smallint NOT NULL DEFAULT 0, visible smallint NOT NULL DEFAULT 0,
    forceunique smallint NOT NULL DEFAULT 0, signup smallint NOT NULL DEFAULT 0,
    defaultdata text,
    defaultdataformat smallint NOT NULL DEFAULT 0,
    param1 text, param2 text, param3 text, param4 text, param5 text
);

-- Written: the value of a custom profile field for a user.
CREATE TABLE mdl_user_info_data (
    id bigserial CONSTRAINT mdl_userinfodata_id_pk PRIMARY KEY,
    userid bigint NOT NULL DEFAULT 0, fieldid bigint NOT NULL DEFAULT 0,
    data text NOT NULL,
    dataformat smallint NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX mdl_userinfodata_usefie_uix ON mdl_user_info_data (userid, fieldid);

-- Not written: part of what Moodle's own delete_user() empties.
CREATE TABLE mdl_user_preferences (
    id bigserial CONSTRAINT mdl_userpref_id_pk PRIMARY KEY,
    userid bigint NOT NULL DEFAULT 0,
    name varchar(255) NOT NULL DEFAULT '',
    value text NOT NULL
);
CREATE INDEX mdl_userpref_nam_ix ON mdl_user_preferences (name);
CREATE UNIQUE INDEX mdl_userpref_usenam_uix ON mdl_user_preferences (userid, name);

-- Not written: part of what Moodle's own delete_user() and the last unenrolment empty.
CREATE TABLE mdl_user_lastaccess (
    id bigserial CONSTRAINT mdl_userlast_id_pk PRIMARY KEY,
    userid bigint NOT NULL DEFAULT 0, courseid bigint NOT NULL DEFAULT 0, timeaccess bigint NOT NULL DEFAULT 0
);
CREATE INDEX mdl_userlast_cou_ix ON mdl_user_lastaccess (courseid);
CREATE INDEX mdl_userlast_use_ix ON mdl_user_lastaccess (userid);
CREATE UNIQUE INDEX mdl_userlast_usecou_uix ON mdl_user_lastaccess (userid, courseid);

-- Not written: part of what Moodle's own delete_user() empties.
CREATE TABLE mdl_tag_instance (
    id bigserial CONSTRAINT mdl_taginst_id_pk PRIMARY KEY,
    tagid bigint NOT NULL,
    component varchar(100) NOT NULL DEFAULT '', itemtype varchar(100) NOT NULL DEFAULT '',
    itemid bigint NOT NULL,
    contextid bigint,
    tiuserid bigint NOT NULL DEFAULT 0,
    ordering bigint,
    timecreated bigint NOT NULL DEFAULT 0, timemodified bigint NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX mdl_taginst_comiteiteconti_uix
    ON mdl_tag_instance (component, itemtype, itemid, contextid, tiuserid, tagid);
CREATE INDEX mdl_taginst_con_ix ON mdl_tag_instance (contextid);
CREATE INDEX mdl_taginst_itecomtagcon_ix ON mdl_tag_instance (itemtype, component, tagid, contextid);
CREATE INDEX mdl_taginst_tag_ix ON mdl_tag_instance (tagid);
