-- Cohorts: Moodle's groups of users across the site or a category.

-- Written: created, renamed, moved, released. The idnumber is not unique. descriptionformat and both times
-- have no default.
CREATE TABLE mdl_cohort (
    id bigserial CONSTRAINT mdl_coho_id_pk PRIMARY KEY,
    contextid bigint NOT NULL,
    name varchar(254) NOT NULL DEFAULT '',
    idnumber varchar(100),
    description text,
    descriptionformat smallint NOT NULL,
    visible smallint NOT NULL DEFAULT 1,
    component varchar(100) NOT NULL DEFAULT '',
    timecreated bigint NOT NULL, timemodified bigint NOT NULL,
    theme varchar(50)
);
CREATE INDEX mdl_coho_con_ix ON mdl_cohort (contextid);

-- Written: one row per membership.
CREATE TABLE mdl_cohort_members (
    id bigserial CONSTRAINT mdl_cohomemb_id_pk PRIMARY KEY,
    cohortid bigint NOT NULL DEFAULT 0, userid bigint NOT NULL DEFAULT 0, timeadded bigint NOT NULL DEFAULT 0
);
CREATE INDEX mdl_cohomemb_coh_ix ON mdl_cohort_members (cohortid);
CREATE UNIQUE INDEX mdl_cohomemb_cohuse_uix ON mdl_cohort_members (cohortid, userid);
CREATE INDEX mdl_cohomemb_use_ix ON mdl_cohort_members (userid);
