-- What a role can be given on below the site: categories, courses, activities, blocks.
-- entstream only reads these, to find the id behind an idnumber or a shortname.

-- Read: a category by id or idnumber.
CREATE TABLE mdl_course_categories (
    id bigserial CONSTRAINT mdl_courcate_id_pk PRIMARY KEY,
    name varchar(255) NOT NULL DEFAULT '',
    idnumber varchar(100),
    description text,
    descriptionformat smallint NOT NULL DEFAULT 0,
    parent bigint NOT NULL DEFAULT 0, sortorder bigint NOT NULL DEFAULT 0, coursecount bigint NOT NULL DEFAULT 0,
    visible smallint NOT NULL DEFAULT 1, visibleold smallint NOT NULL DEFAULT 1,
    timemodified bigint NOT NULL DEFAULT 0, depth bigint NOT NULL DEFAULT 0,
    path varchar(255) NOT NULL DEFAULT '',
    theme varchar(50)
);
CREATE INDEX mdl_courcate_par_ix ON mdl_course_categories (parent);

-- Read: a course by id, shortname or idnumber. Course 1 is the front page.
CREATE TABLE mdl_course (
    id bigserial CONSTRAINT mdl_cour_id_pk PRIMARY KEY,
    category bigint NOT NULL DEFAULT 0, sortorder bigint NOT NULL DEFAULT 0,
    fullname varchar(1333) NOT NULL DEFAULT '',
    shortname varchar(255) NOT NULL DEFAULT '',
    idnumber varchar(100) NOT NULL DEFAULT '',
    summary text,
    summaryformat smallint NOT NULL DEFAULT 0,
    format varchar(21) NOT NULL DEFAULT 'topics',
    showgrades smallint NOT NULL DEFAULT 1,
    newsitems integer NOT NULL DEFAULT 1,
    startdate bigint NOT NULL DEFAULT 0, enddate bigint NOT NULL DEFAULT 0,
    relativedatesmode smallint NOT NULL DEFAULT 0,
    marker bigint NOT NULL DEFAULT 0, maxbytes bigint NOT NULL DEFAULT 0,
    legacyfiles smallint NOT NULL DEFAULT 0, showreports smallint NOT NULL DEFAULT 0,
    visible smallint NOT NULL DEFAULT 1, visibleold smallint NOT NULL DEFAULT 1,
    downloadcontent smallint,
    groupmode smallint NOT NULL DEFAULT 0, groupmodeforce smallint NOT NULL DEFAULT 0,
    defaultgroupingid bigint NOT NULL DEFAULT 0,
    lang varchar(30) NOT NULL DEFAULT '', calendartype varchar(30) NOT NULL DEFAULT '',
    theme varchar(50) NOT NULL DEFAULT '',
    timecreated bigint NOT NULL DEFAULT 0, timemodified bigint NOT NULL DEFAULT 0,
    requested smallint NOT NULL DEFAULT 0, enablecompletion smallint NOT NULL DEFAULT 0,
    completionnotify smallint NOT NULL DEFAULT 0,
    cacherev bigint NOT NULL DEFAULT 0,
    originalcourseid bigint,
    showactivitydates smallint NOT NULL DEFAULT 1,
    showcompletionconditions smallint,
    pdfexportfont varchar(50),
    enableaitools smallint
);
CREATE INDEX mdl_cour_cat_ix ON mdl_course (category);
CREATE INDEX mdl_cour_idn_ix ON mdl_course (idnumber);
CREATE INDEX mdl_cour_ori_ix ON mdl_course (originalcourseid);
CREATE INDEX mdl_cour_sho_ix ON mdl_course (shortname);
CREATE INDEX mdl_cour_sor_ix ON mdl_course (sortorder);

-- Read: the kind of an activity.
CREATE TABLE mdl_modules (
    id bigserial CONSTRAINT mdl_modu_id_pk PRIMARY KEY,
    name varchar(20) NOT NULL DEFAULT '',
    cron bigint NOT NULL DEFAULT 0, lastcron bigint NOT NULL DEFAULT 0,
    search varchar(255) NOT NULL DEFAULT '',
    visible smallint NOT NULL DEFAULT 1
);
CREATE INDEX mdl_modu_nam_ix ON mdl_modules (name);

-- Read: an activity by id or idnumber (context level 70 has its id as instance).
CREATE TABLE mdl_course_modules (
    id bigserial CONSTRAINT mdl_courmodu_id_pk PRIMARY KEY,
    course bigint NOT NULL DEFAULT 0, module bigint NOT NULL DEFAULT 0, instance bigint NOT NULL DEFAULT 0,
    section bigint NOT NULL DEFAULT 0,
    idnumber varchar(100),
    added bigint NOT NULL DEFAULT 0,
    score smallint NOT NULL DEFAULT 0,
    indent integer NOT NULL DEFAULT 0,
    visible smallint NOT NULL DEFAULT 1, visibleoncoursepage smallint NOT NULL DEFAULT 1,
    visibleold smallint NOT NULL DEFAULT 1,
    groupmode smallint NOT NULL DEFAULT 0,
    groupingid bigint NOT NULL DEFAULT 0,
    completion smallint NOT NULL DEFAULT 0,
    completiongradeitemnumber bigint,
    completionview smallint NOT NULL DEFAULT 0,
    completionexpected bigint NOT NULL DEFAULT 0,
    completionpassgrade smallint NOT NULL DEFAULT 0, showdescription smallint NOT NULL DEFAULT 0,
    availability text,
    deletioninprogress smallint NOT NULL DEFAULT 0,
    downloadcontent smallint DEFAULT 1,
    lang varchar(30),
    enableaitools smallint,
    enabledaiactions text
);
CREATE INDEX mdl_courmodu_cou_ix ON mdl_course_modules (course);
CREATE INDEX mdl_courmodu_gro_ix ON mdl_course_modules (groupingid);
CREATE INDEX mdl_courmodu_idncou_ix ON mdl_course_modules (idnumber, course);
CREATE INDEX mdl_courmodu_ins_ix ON mdl_course_modules (instance);
CREATE INDEX mdl_courmodu_mod_ix ON mdl_course_modules (module);
CREATE INDEX mdl_courmodu_vis_ix ON mdl_course_modules (visible);

-- Read: a block (context level 80 has its id as instance).
CREATE TABLE mdl_block_instances (
    id bigserial CONSTRAINT mdl_blocinst_id_pk PRIMARY KEY,
    blockname varchar(40) NOT NULL DEFAULT '',
    parentcontextid bigint NOT NULL,
    showinsubcontexts smallint NOT NULL,
    requiredbytheme smallint NOT NULL DEFAULT 0,
    pagetypepattern varchar(64) NOT NULL DEFAULT '',
    subpagepattern varchar(16),
    defaultregion varchar(16) NOT NULL DEFAULT '',
    defaultweight bigint NOT NULL,
    configdata text,
    timecreated bigint NOT NULL, timemodified bigint NOT NULL
);
CREATE INDEX mdl_blocinst_blo_ix ON mdl_block_instances (blockname);
CREATE INDEX mdl_blocinst_par_ix ON mdl_block_instances (parentcontextid);
CREATE INDEX mdl_blocinst_parshopagsub_ix
    ON mdl_block_instances (parentcontextid, showinsubcontexts, pagetypepattern, subpagepattern);
CREATE INDEX mdl_blocinst_tim_ix ON mdl_block_instances (timemodified);
