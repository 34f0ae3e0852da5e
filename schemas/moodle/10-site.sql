-- The site: settings, contexts, dirty flags, sessions.
-- Every Moodle table has a bigint id fed by its own sequence, and no foreign keys.

-- Read: version, release, upgraderunning, maintenance_enabled, siteadmins, siteguest, mnet_localhost_id,
-- sessiontimeout. Never written.
CREATE TABLE mdl_config (
    id bigserial CONSTRAINT mdl_conf_id_pk PRIMARY KEY,
    name varchar(255) NOT NULL DEFAULT '',
    value text NOT NULL
);
CREATE UNIQUE INDEX mdl_conf_nam_uix ON mdl_config (name);

-- Read: installed plugins and their settings. Written: one row, plugin local_entstream, name position.
CREATE TABLE mdl_config_plugins (
    id bigserial CONSTRAINT mdl_confplug_id_pk PRIMARY KEY,
    plugin varchar(100) NOT NULL DEFAULT 'core',
    name varchar(100) NOT NULL DEFAULT '',
    value text NOT NULL
);
CREATE UNIQUE INDEX mdl_confplug_plunam_uix ON mdl_config_plugins (plugin, name);

-- Written: one row (level 30) per user created. Read: system 10, user 30, category 40, course 50, module 70,
-- block 80. The path ends with the row's own id.
CREATE TABLE mdl_context (
    id bigserial CONSTRAINT mdl_cont_id_pk PRIMARY KEY,
    contextlevel bigint NOT NULL DEFAULT 0, instanceid bigint NOT NULL DEFAULT 0,
    path varchar(255),
    depth smallint NOT NULL DEFAULT 0, locked smallint NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX mdl_cont_conins_uix ON mdl_context (contextlevel, instanceid);
CREATE INDEX mdl_cont_ins_ix ON mdl_context (instanceid);
CREATE INDEX mdl_cont_pat_ix ON mdl_context (path);
CREATE INDEX mdl_cont_pat_ix_pattern ON mdl_context (path varchar_pattern_ops);

-- Written: accesslib/dirtyusers or accesslib/dirtycontexts, so that running sessions reload their rights.
-- (flagtype, name) is not unique.
CREATE TABLE mdl_cache_flags (
    id bigserial CONSTRAINT mdl_cachflag_id_pk PRIMARY KEY,
    flagtype varchar(255) NOT NULL DEFAULT '', name varchar(255) NOT NULL DEFAULT '',
    timemodified bigint NOT NULL DEFAULT 0,
    value text NOT NULL,
    expiry bigint NOT NULL
);
CREATE INDEX mdl_cachflag_fla_ix ON mdl_cache_flags (flagtype);
CREATE INDEX mdl_cachflag_nam_ix ON mdl_cache_flags (name);

-- Deleted: the sessions of a suspended user. Never inserted.
CREATE TABLE mdl_sessions (
    id bigserial CONSTRAINT mdl_sess_id_pk PRIMARY KEY,
    state bigint NOT NULL DEFAULT 0,
    sid varchar(128) NOT NULL DEFAULT '',
    userid bigint NOT NULL,
    sessdata text,
    timecreated bigint NOT NULL, timemodified bigint NOT NULL,
    firstip varchar(45), lastip varchar(45)
);
CREATE UNIQUE INDEX mdl_sess_sid_uix ON mdl_sessions (sid);
CREATE INDEX mdl_sess_sta_ix ON mdl_sessions (state);
CREATE INDEX mdl_sess_tim2_ix ON mdl_sessions (timemodified);
CREATE INDEX mdl_sess_tim_ix ON mdl_sessions (timecreated);
CREATE INDEX mdl_sess_use_ix ON mdl_sessions (userid);
