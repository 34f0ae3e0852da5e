-- Where a batch is staged and planned: temporary tables, empty at the start of each transaction, so that planning can run
-- in a transaction that the server keeps read-only (which forbids to make tables, but not to fill these). Made once per
-- session of the server; what another version of entstream left there behind a pooler is made anew.
-- The end of each transaction empties all of them, used or not: one with a TOAST table takes five times as long as one
-- without. So a text that is never long is a varchar(n), which needs none if all columns together have less than 2 kB.
DO $do$
DECLARE
    former text;
BEGIN
    FOR former IN
        SELECT relation.relname
        FROM pg_catalog.pg_class AS relation
        WHERE relation.relnamespace = pg_catalog.pg_my_temp_schema() AND relation.relkind = 'r'
          AND relation.relname IN (
              'user_seen', 'user_delta', 'language_delta', 'user_wanting', 'user_candidate', 'user_adopt', 'cohort_adopt', 'cohort_delta', 'cohort_lock', 'role_delta', 'member_delta', 'user_plan', 'user_claim', 'user_blocked',
              'user_change', 'profile_delta', 'profile_want', 'profile_plan', 'cohort_place', 'cohort_homeless', 'cohort_plan', 'cohort_claim', 'cohort_blocked', 'cohort_change', 'role_plan',
              'role_place', 'member_plan', 'affected', 'account_now', 'cohort_now', 'cohort_pair', 'role_triple', 'role_want', 'role_wait',
              'role_reason', 'former_plan', 'park_plan', 'unpark_plan', 'unmapped_plan', 'removal_cause', 'removal_plan',
              'held_plan', 'unheld_plan', 'guard_part', 'guard_plan', 'held_chosen', 'user_new', 'cohort_new',
              'cohort_member_change', 'role_change', 'enrolment_plan')
              OR relation.relnamespace = pg_catalog.pg_my_temp_schema() AND starts_with(relation.relname, 'plan_layout_')
    LOOP
        EXECUTE format('DROP TABLE pg_temp.%I', former);
    END LOOP;
END
$do$;

CREATE TEMP TABLE plan_layout_{layout} ();

-- Staged: the deltas, as COPY brings them.

-- Whose records are only asked for, before they are staged (plan/users_seen.sql).
CREATE TEMP TABLE user_seen (
    uuid uuid NOT NULL,
    version bigint NOT NULL
) ON COMMIT DELETE ROWS;

-- A text that is NULL is not mapped, or cannot be (problem says why): Moodle's value stays. Also the form in which a user
-- waits in entstream.parked.
CREATE TEMP TABLE user_delta (
    uuid uuid NOT NULL,
    version bigint NOT NULL,
    present boolean NOT NULL,
    created_at text COLLATE "C" NOT NULL,
    problem text,
    {user.definitions},
    retried boolean NOT NULL DEFAULT false,
    CHECK (username <> '')
) ON COMMIT DELETE ROWS;

-- Languages that users may have where the site does not list the one in user_delta, in the order of place.
CREATE TEMP TABLE language_delta (
    uuid uuid NOT NULL,
    version bigint NOT NULL,
    place integer NOT NULL,
    lang varchar(30) NOT NULL
) ON COMMIT DELETE ROWS;

-- What custom profile fields of users are to have.
CREATE TEMP TABLE profile_delta (
    uuid uuid NOT NULL,
    version bigint NOT NULL,
    field text COLLATE "C" NOT NULL,
    value text NOT NULL
) ON COMMIT DELETE ROWS;

-- A name or idnumber that is empty could not be mapped (problem says why): Moodle's value stays. Also the form in which a
-- cohort waits in entstream.parked. level and category are NULL where the mapping does not say where the cohort is to be.
CREATE TEMP TABLE cohort_delta (
    uuid uuid NOT NULL,
    version bigint NOT NULL,
    present boolean NOT NULL,
    name text NOT NULL,
    idnumber text NOT NULL,
    description text NOT NULL,
    deleted boolean NOT NULL,
    problem text,
    level smallint,
    category text,
    retried boolean NOT NULL DEFAULT false
) ON COMMIT DELETE ROWS;

-- Groups whose cohorts are to be locked or released, and the ID numbers that they give.
CREATE TEMP TABLE cohort_lock (
    uuid uuid NOT NULL,
    idnumber text COLLATE "C" NOT NULL
) ON COMMIT DELETE ROWS;

-- One that cannot be mapped (problem says why) is not present.
CREATE TEMP TABLE role_delta (
    uuid uuid NOT NULL,
    version bigint NOT NULL,
    present boolean NOT NULL,
    role text NOT NULL,
    level smallint NOT NULL,
    context_key text NOT NULL,
    identifier text NOT NULL,
    deleted boolean NOT NULL,
    problem text
) ON COMMIT DELETE ROWS;

-- member is NULL while nobody known has the DN.
CREATE TEMP TABLE member_delta (
    parent_kind varchar(5) COLLATE "C" NOT NULL,
    parent uuid NOT NULL,
    value uuid NOT NULL,
    version bigint NOT NULL,
    present boolean NOT NULL,
    member uuid
) ON COMMIT DELETE ROWS;

-- Planned. An id below zero stands for one that is given when the plan is written.

-- Who is not linked yet, and may be known to Moodle.
CREATE TEMP TABLE user_wanting (
    uuid uuid NOT NULL,
    created_at text COLLATE "C" NOT NULL,
    username text,
    idnumber text,
    email text
) ON COMMIT DELETE ROWS;

-- The accounts that are found for them, by what.
CREATE TEMP TABLE user_candidate (
    uuid uuid NOT NULL,
    found_by varchar(300) NOT NULL,
    place integer NOT NULL,
    user_id bigint NOT NULL
) ON COMMIT DELETE ROWS;

-- Whose account is adopted (reason is NULL), or found and not adopted: he waits.
CREATE TEMP TABLE user_adopt (
    uuid uuid NOT NULL,
    user_id bigint NOT NULL,
    reason varchar(400)
) ON COMMIT DELETE ROWS;

-- The users whose record is new enough. suspend: what becomes of mdl_user.suspended, NULL: nothing. kept_auth: the auth that an adopted
-- account keeps.
CREATE TEMP TABLE user_plan (
    LIKE user_delta,
    user_id bigint NOT NULL,
    current_name text,
    former_status text,
    status text NOT NULL,
    gone boolean NOT NULL,
    protected boolean NOT NULL,
    suspend smallint,
    suspended_by_us boolean NOT NULL,
    adopted boolean NOT NULL,
    kept_auth text
) ON COMMIT DELETE ROWS;

-- Who wants a username that he does not have, who holds it, and whether the holder must give way. Who is new and wants one
-- that nobody else has or wants is not here.
CREATE TEMP TABLE user_claim (
    uuid uuid NOT NULL,
    user_id bigint NOT NULL,
    wanted varchar(255) NOT NULL,
    holder_id bigint,
    yields boolean NOT NULL,
    rank bigint NOT NULL
) ON COMMIT DELETE ROWS;

CREATE TEMP TABLE user_blocked (uuid uuid NOT NULL) ON COMMIT DELETE ROWS;

-- Accounts that are to be written, with what changes: {"city": ["Rennes", "Brest"]}. A text that is NULL stays. One that is
-- adopted is here also if nothing changes.
CREATE TEMP TABLE user_change (
    user_id bigint NOT NULL,
    uuid uuid NOT NULL,
    action text NOT NULL,
    changes jsonb NOT NULL,
    {user.definitions},
    auth text,
    password text
) ON COMMIT DELETE ROWS;

-- Which cohort is adopted by a group (reason is NULL), or found and not adopted: the group waits.
CREATE TEMP TABLE cohort_adopt (
    uuid uuid NOT NULL,
    cohort_id bigint NOT NULL,
    reason varchar(400)
) ON COMMIT DELETE ROWS;

-- Values of profile fields that are looked at; user_id is NULL: there is no account that could have them.
CREATE TEMP TABLE profile_want (
    uuid uuid NOT NULL,
    user_id bigint,
    field text COLLATE "C" NOT NULL,
    value text NOT NULL,
    version bigint NOT NULL
) ON COMMIT DELETE ROWS;

-- What becomes of each. former: what Moodle has, data: what it gets, NULL: nothing; waits: why not; known: that was so before.
CREATE TEMP TABLE profile_plan (
    uuid uuid NOT NULL,
    user_id bigint,
    field text COLLATE "C" NOT NULL,
    value text NOT NULL,
    version bigint NOT NULL,
    field_id bigint,
    former text,
    data text,
    waits text,
    known boolean NOT NULL
) ON COMMIT DELETE ROWS;

-- Cohorts that are to be in a course category; context_id is NULL: Moodle has no such category, or several.
CREATE TEMP TABLE cohort_place (
    uuid uuid NOT NULL,
    category text NOT NULL,
    context_id bigint
) ON COMMIT DELETE ROWS;

-- New ones among them that cannot be made for that.
CREATE TEMP TABLE cohort_homeless (uuid uuid NOT NULL) ON COMMIT DELETE ROWS;

-- context_id: where the cohort is to be, NULL: where it is, or, if it is new, in the system's. unlocked: it has no component.
CREATE TEMP TABLE cohort_plan (
    LIKE cohort_delta,
    cohort_id bigint NOT NULL,
    current_name text,
    current_title text,
    former_status text,
    status text NOT NULL,
    gone boolean NOT NULL,
    adopted boolean NOT NULL,
    context_id bigint,
    formerly_unlocked boolean NOT NULL,
    unlocked boolean NOT NULL
) ON COMMIT DELETE ROWS;

CREATE TEMP TABLE cohort_claim (
    uuid uuid NOT NULL,
    cohort_id bigint NOT NULL,
    wanted varchar(255) NOT NULL,
    holder_id bigint,
    yields boolean NOT NULL,
    rank bigint NOT NULL
) ON COMMIT DELETE ROWS;

CREATE TEMP TABLE cohort_blocked (uuid uuid NOT NULL) ON COMMIT DELETE ROWS;

CREATE TEMP TABLE cohort_change (
    cohort_id bigint NOT NULL,
    uuid uuid NOT NULL,
    action text NOT NULL,
    changes jsonb NOT NULL,
    name text,
    idnumber text,
    description text,
    component text NOT NULL,
    visible smallint NOT NULL,
    context_id bigint NOT NULL
) ON COMMIT DELETE ROWS;

-- The role objects whose record is new enough, or which name something else by now.
CREATE TEMP TABLE role_plan (
    uuid uuid NOT NULL,
    version bigint NOT NULL,
    present boolean NOT NULL,
    role text NOT NULL,
    level smallint NOT NULL,
    context_key text NOT NULL,
    identifier text NOT NULL,
    former_role_id bigint,
    former_context_id bigint
) ON COMMIT DELETE ROWS;

-- What each present one of them names in Moodle; NULL: nothing, or several objects. The context of an account that is
-- planned has the account's id below zero.
CREATE TEMP TABLE role_place (
    uuid uuid NOT NULL,
    role_id bigint,
    context_id bigint
) ON COMMIT DELETE ROWS;

-- What becomes of rows of entstream.membership. place: the row that is there, former: whom it names.
CREATE TEMP TABLE member_plan (
    parent_kind varchar(5) COLLATE "C" NOT NULL,
    parent uuid NOT NULL,
    value uuid NOT NULL,
    version bigint NOT NULL,
    present boolean NOT NULL,
    member uuid,
    place tid,
    former uuid
) ON COMMIT DELETE ROWS;

-- Pairs of (group or role object, user) whose rows in Moodle must be looked at again, beside those of member_plan
-- (plan/pairs.sql). Duplicates do no harm.
CREATE TEMP TABLE affected (
    parent_kind varchar(5) COLLATE "C" NOT NULL,
    parent uuid NOT NULL,
    member uuid NOT NULL
) ON COMMIT DELETE ROWS;

-- The accounts and cohorts of affected pairs, as they are linked once the batch is in. living: Moodle has them.
CREATE TEMP TABLE account_now (
    uuid uuid NOT NULL,
    user_id bigint NOT NULL,
    status varchar(20) NOT NULL,
    living boolean NOT NULL
) ON COMMIT DELETE ROWS;

CREATE TEMP TABLE cohort_now (
    uuid uuid NOT NULL,
    cohort_id bigint NOT NULL,
    status varchar(20) NOT NULL,
    living boolean NOT NULL
) ON COMMIT DELETE ROWS;

-- Rows that mdl_cohort_members is to get (wanted) or lose; member_id: the row that is there.
CREATE TEMP TABLE cohort_pair (
    cohort_id bigint NOT NULL,
    user_id bigint NOT NULL,
    cohort_uuid uuid NOT NULL,
    user_uuid uuid NOT NULL,
    wanted boolean NOT NULL,
    member_id bigint
) ON COMMIT DELETE ROWS;

-- (role, context, user) whose rows in Moodle must be looked at again. given: by a member record of this plan.
CREATE TEMP TABLE role_triple (
    role_id bigint NOT NULL,
    context_id bigint NOT NULL,
    user_id bigint NOT NULL,
    user_uuid uuid NOT NULL,
    given boolean NOT NULL DEFAULT false
) ON COMMIT DELETE ROWS;

-- Rows that mdl_role_assignments is to get (wanted) or lose; assignment_ids: those that are there. adopts: a row of another
-- component that becomes ours, instead of a new one.
CREATE TEMP TABLE role_want (
    role_id bigint NOT NULL,
    context_id bigint NOT NULL,
    user_id bigint NOT NULL,
    user_uuid uuid NOT NULL,
    wanted boolean NOT NULL,
    assignment_ids bigint[],
    adopts bigint
) ON COMMIT DELETE ROWS;

-- Rows of mdl_user_enrolments that role assignments bring with them: created, or made valid again (revived), or suspended.
-- enrolment_id: the row that is there; that of a new one is given when it is written.
CREATE TEMP TABLE enrolment_plan (
    action varchar(10) NOT NULL,
    enrolment_id bigint,
    enrol_id bigint NOT NULL,
    method varchar(20) NOT NULL,
    user_id bigint NOT NULL,
    user_uuid uuid NOT NULL,
    context_id bigint NOT NULL,
    course_id bigint NOT NULL
) ON COMMIT DELETE ROWS;

-- Of those that would adopt a row, those that wait for an approval. known: that was so before.
CREATE TEMP TABLE role_wait (
    user_uuid uuid NOT NULL,
    role_id bigint NOT NULL,
    context_id bigint NOT NULL,
    user_id bigint NOT NULL,
    candidate bigint NOT NULL,
    known boolean NOT NULL
) ON COMMIT DELETE ROWS;

-- Roles that role objects give to users of role_triple, beside those that are given by member records of this plan.
CREATE TEMP TABLE role_reason (
    user_uuid uuid NOT NULL,
    role_id bigint NOT NULL,
    context_id bigint NOT NULL
) ON COMMIT DELETE ROWS;

-- Members of a released cohort whose membership ends: rows for entstream.former_member.
CREATE TEMP TABLE former_plan (
    group_uuid uuid NOT NULL,
    member_uuid uuid NOT NULL
) ON COMMIT DELETE ROWS;

-- Rows that entstream.parked gets, and loses. candidate: the account that was found and not adopted.
CREATE TEMP TABLE park_plan (
    kind text NOT NULL,
    uuid uuid NOT NULL,
    reason text NOT NULL,
    wanted text NOT NULL,
    payload jsonb NOT NULL,
    version bigint NOT NULL,
    candidate bigint
) ON COMMIT DELETE ROWS;

CREATE TEMP TABLE unpark_plan (place tid NOT NULL) ON COMMIT DELETE ROWS;

-- Rows that entstream.unmapped gets, or loses (problem is NULL); former: the problem that is known.
CREATE TEMP TABLE unmapped_plan (
    kind text NOT NULL,
    uuid uuid NOT NULL,
    version bigint NOT NULL,
    problem text,
    place tid,
    former text
) ON COMMIT DELETE ROWS;

-- Guarded.

-- What DELETEs of the batch say that they belong to; only where something is held.
CREATE TEMP TABLE removal_cause (
    version bigint NOT NULL,
    generation bigint NOT NULL,
    cause text NOT NULL
) ON COMMIT DELETE ROWS;

-- Removals of the plan, with the columns of entstream.held. known: held already, by an earlier batch. part: the person's
-- institution, of cohorts none.
CREATE TEMP TABLE removal_plan (
    entity varchar(20) COLLATE "C" NOT NULL,
    uuid uuid NOT NULL,
    parent uuid NOT NULL,
    role_id bigint NOT NULL,
    context_id bigint NOT NULL,
    moodle_id bigint NOT NULL,
    version bigint NOT NULL,
    known boolean NOT NULL,
    part text NOT NULL DEFAULT ''
) ON COMMIT DELETE ROWS;

-- Institutions with removals that are not held already, and what their windows have seen. linked: what they had of the entity
-- when the window began, 0: that was not counted.
CREATE TEMP TABLE guard_part (
    entity varchar(20) COLLATE "C" NOT NULL,
    part text NOT NULL,
    fresh bigint NOT NULL,
    let_through bigint NOT NULL,
    held bigint NOT NULL,
    linked bigint NOT NULL,
    holds boolean NOT NULL DEFAULT false
) ON COMMIT DELETE ROWS;

-- Rows that entstream.held gets, and loses.
CREATE TEMP TABLE held_plan (
    entity text COLLATE "C" NOT NULL,
    uuid uuid NOT NULL,
    parent uuid NOT NULL,
    role_id bigint NOT NULL,
    context_id bigint NOT NULL,
    moodle_id bigint NOT NULL,
    version bigint NOT NULL,
    generation bigint,
    cause text
) ON COMMIT DELETE ROWS;

CREATE TEMP TABLE unheld_plan (place tid NOT NULL) ON COMMIT DELETE ROWS;

-- What is added to entstream.guard_window.
CREATE TEMP TABLE guard_plan (
    entity varchar(20) COLLATE "C" NOT NULL,
    let_through bigint NOT NULL,
    held bigint NOT NULL,
    linked bigint NOT NULL,
    part text NOT NULL DEFAULT ''
) ON COMMIT DELETE ROWS;

-- Rows of entstream.held that somebody has approved.
CREATE TEMP TABLE held_chosen (
    place tid NOT NULL,
    entity varchar(20) COLLATE "C" NOT NULL,
    uuid uuid NOT NULL,
    parent uuid NOT NULL,
    role_id bigint NOT NULL,
    context_id bigint NOT NULL,
    moodle_id bigint NOT NULL,
    version bigint NOT NULL
) ON COMMIT DELETE ROWS;

-- Written: the ids that were given, and what was done, for log rows and counts.

CREATE TEMP TABLE user_new (
    planned_id bigint NOT NULL,
    user_id bigint NOT NULL,
    context_id bigint NOT NULL
) ON COMMIT DELETE ROWS;

CREATE TEMP TABLE cohort_new (
    planned_id bigint NOT NULL,
    cohort_id bigint NOT NULL
) ON COMMIT DELETE ROWS;

CREATE TEMP TABLE cohort_member_change (
    action varchar(10) NOT NULL,
    cohort_id bigint NOT NULL,
    user_id bigint NOT NULL
) ON COMMIT DELETE ROWS;

CREATE TEMP TABLE role_change (
    action varchar(10) NOT NULL,
    assignment_id bigint NOT NULL,
    role_id bigint NOT NULL,
    context_id bigint NOT NULL,
    user_id bigint NOT NULL
) ON COMMIT DELETE ROWS
