-- Roles, where they may be given, and to whom they are given.

-- Read: the id of a role by its shortname.
CREATE TABLE mdl_role (
    id bigserial CONSTRAINT mdl_role_id_pk PRIMARY KEY,
    name varchar(255) NOT NULL DEFAULT '',
    shortname varchar(100) NOT NULL DEFAULT '',
    description text NOT NULL,
    sortorder bigint NOT NULL DEFAULT 0,
    archetype varchar(30) NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX mdl_role_sho_uix ON mdl_role (shortname);
CREATE UNIQUE INDEX mdl_role_sor_uix ON mdl_role (sortorder);

-- Read: the context levels at which a role may be given.
CREATE TABLE mdl_role_context_levels (
    id bigserial CONSTRAINT mdl_rolecontleve_id_pk PRIMARY KEY,
    roleid bigint NOT NULL, contextlevel bigint NOT NULL
);
CREATE UNIQUE INDEX mdl_rolecontleve_conrol_uix ON mdl_role_context_levels (contextlevel, roleid);
CREATE INDEX mdl_rolecontleve_rol_ix ON mdl_role_context_levels (roleid);

-- Written: rows with entstream's component, itemid 0. Nothing here is unique but the id.
CREATE TABLE mdl_role_assignments (
    id bigserial CONSTRAINT mdl_roleassi_id_pk PRIMARY KEY,
    roleid bigint NOT NULL DEFAULT 0, contextid bigint NOT NULL DEFAULT 0, userid bigint NOT NULL DEFAULT 0,
    timemodified bigint NOT NULL DEFAULT 0, modifierid bigint NOT NULL DEFAULT 0,
    component varchar(100) NOT NULL DEFAULT '',
    itemid bigint NOT NULL DEFAULT 0, sortorder bigint NOT NULL DEFAULT 0
);
CREATE INDEX mdl_roleassi_comiteuse_ix ON mdl_role_assignments (component, itemid, userid);
CREATE INDEX mdl_roleassi_con_ix ON mdl_role_assignments (contextid);
CREATE INDEX mdl_roleassi_rol_ix ON mdl_role_assignments (roleid);
CREATE INDEX mdl_roleassi_rolcon_ix ON mdl_role_assignments (roleid, contextid);
CREATE INDEX mdl_roleassi_sor_ix ON mdl_role_assignments (sortorder);
CREATE INDEX mdl_roleassi_use_ix ON mdl_role_assignments (userid);
CREATE INDEX mdl_roleassi_useconrol_ix ON mdl_role_assignments (userid, contextid, roleid);
