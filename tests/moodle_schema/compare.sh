#!/usr/bin/env bash
# Checks schemas/moodle against a real Moodle: the structure of every table, and the rows of a fresh site.
# usage: compare.sh [--here | --servers DIR]
#   --here         use the PostgreSQL server that PGHOST, PGPORT, PGUSER and PGPASSWORD name
#   --servers DIR  use the one that "deploy/dev/servers.sh up DIR" started
#   Otherwise servers of its own are started and stopped. On a given server the user must be allowed to create
#   databases; two named entstream_schema_… are made and dropped.
# The reference is $ENTSTREAM_SHARED/data (or ../shared/data beside the project): moodle-core-tables.sql and
# moodle-fresh.sql.gz. Without them only what can be said of our own files alone is checked.
# Exit status: 0 equal, 1 different or not loadable, 2 wrong call, 77 no reference here (ctest: skipped).
set -euo pipefail
export LC_ALL=C

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
data=${ENTSTREAM_SHARED:-$root/../shared}/data
ours=entstream_schema_ours_$$
reference=entstream_schema_reference_$$
failures=0

case $#:${1-} in
0:) server=own ;;
1:--here) server=here ;;
2:--servers) server=$(cd "$2" && pwd)/servers.env ;;
*)
  echo "usage: compare.sh [--here | --servers DIR]" >&2
  exit 2
  ;;
esac

say() { echo "moodle_schema: $*"; }
fail() {
  say "FAILED: $*"
  failures=$((failures + 1))
}

on() {
  local database=$1
  shift
  psql --no-psqlrc --quiet --no-align --tuples-only --set ON_ERROR_STOP=1 --dbname "$database" "$@"
}
drop() { PGOPTIONS='-c client_min_messages=warning' on postgres --command "DROP DATABASE IF EXISTS $1 WITH (FORCE)"; }
create() {
  drop "$1"
  on postgres --command "CREATE DATABASE $1 TEMPLATE template0 ENCODING 'UTF8'"
}
tables_of() { on "$1" --command "
  SELECT string_agg(tablename, ',' ORDER BY tablename) FROM pg_tables
  WHERE schemaname = current_schema() AND tablename LIKE 'mdl\_%'"; }
number_of() { tr ',' '\n' <<<"$1" | wc -l; }

# --- comparing -------------------------------------------------------------------------------------------------------

# facts FILE DATABASE QUERIES TABLES CHANGE: writes to FILE what QUERIES say of TABLES after CHANGE, which is undone.
# Callers run where bash ignores errors, so a query that fails ends the script here.
facts() {
  { echo "BEGIN; $5;" && cat "$here/$3" && echo 'ROLLBACK;'; } | on "$2" --set tables="$4" --file - | sort >"$1" ||
    exit 1
}

# difference MOODLE PATTERN: prints the lines of ours that the file MOODLE lacks, and those of MOODLE, if they match,
# that ours lack.
difference() {
  {
    comm -23 "$work/ours" "$1" | sed 's/^/< /'
    comm -13 "$work/ours" "$1" | sed -n "/$2/s/^/> /p"
  } >"$work/difference"
  cat "$work/difference"
  [[ -s $1 && ! -s $work/difference ]]
}

# same_structure TABLES [CHANGE]: prints how our tables, after CHANGE, differ from $work/structure.
same_structure() {
  facts "$work/ours" "$ours" structure.sql "$1" "${2-}"
  difference "$work/structure" '^'
}

# same_site [CHANGE]: the same for the rows and $work/site. Moodle may have more of those marked "subset".
same_site() {
  facts "$work/ours" "$ours" site.sql '' "${1-}"
  difference "$work/site" '^exact'
}

# --- checks that need nothing but our own files ----------------------------------------------------------------------

load_ours() {
  create "$ours"
  if ! PGDATABASE=$ours "$root/schemas/moodle/load.sh"; then
    fail "schemas/moodle/load.sh does not load into an empty database"
    return 1
  fi
  if PGDATABASE=$ours "$root/schemas/moodle/load.sh" 2>/dev/null; then
    fail "load.sh accepts a database that already holds a Moodle"
  fi
  local contexts
  contexts=$(on "$ours" --command 'SELECT count(*) FROM mdl_context')
  [[ $contexts -eq 10 ]] || fail "a second load.sh left $contexts contexts where a fresh site has 10"
}

# Every sequence must be past the ids in its table, or the next row is refused.
sequences_are_ahead() {
  local behind
  on "$ours" --command "
    SELECT format('SELECT %L FROM %I WHERE (SELECT max(id) FROM %I) >= last_value + is_called::int;',
                      tablename, tablename || '_id_seq', tablename)
    FROM pg_tables WHERE schemaname = current_schema() AND tablename LIKE 'mdl\_%'" >"$work/queries"
  behind=$(on "$ours" --file "$work/queries" | tr '\n' ' ')
  [[ -z $behind ]] || fail "sequences behind their tables: $behind"
}

# --- checks against the reference ------------------------------------------------------------------------------------

compare_with_core_tables() {
  create "$reference"
  on "$reference" --single-transaction --file "$data/moodle-core-tables.sql" >/dev/null
  local tables
  tables=$(tables_of "$reference")
  facts "$work/structure" "$reference" structure.sql "$tables" ''
  if same_structure "$tables"; then
    say "the $(number_of "$tables") tables of moodle-core-tables.sql are the same in schemas/moodle"
  else
    fail "tables differ from moodle-core-tables.sql (< schemas/moodle, > Moodle)"
  fi
}

compare_with_full_site() {
  drop "$reference"
  "$root/schemas/moodle/restore_full.sh" "$reference"
  local tables
  tables=$(tables_of "$ours")
  facts "$work/structure" "$reference" structure.sql "$tables" ''
  facts "$work/site" "$reference" site.sql '' ''
  if same_structure "$tables"; then
    say "the $(number_of "$tables") tables of schemas/moodle are the same in the full site"
  else
    fail "tables differ from the full site (< schemas/moodle, > Moodle)"
  fi
  if same_site; then
    say "the rows of a fresh site are the same"
  else
    fail "rows differ from the fresh site (< schemas/moodle, > Moodle)"
  fi
}

# A comparison that cannot fail proves nothing: each of these must be seen.
wrong_structures=(
  'ALTER TABLE mdl_cohort_members ALTER timeadded TYPE integer'
  'ALTER TABLE mdl_user ALTER firstname TYPE varchar(255)'
  'ALTER TABLE mdl_enrol ALTER customdec1 TYPE numeric(12,6)'
  'ALTER TABLE mdl_cohort ALTER descriptionformat DROP NOT NULL'
  'ALTER TABLE mdl_cohort ALTER descriptionformat SET DEFAULT 1'
  'ALTER TABLE mdl_role_assignments DROP COLUMN itemid'
  'ALTER TABLE mdl_user RENAME COLUMN phone1 TO phone'
  'ALTER TABLE mdl_cohort ADD CHECK (contextid > 0)'
  'ALTER SEQUENCE mdl_context_id_seq INCREMENT 10'
  'DROP INDEX mdl_cohomemb_cohuse_uix'
  'CREATE UNIQUE INDEX mdl_cachflag_flanam_uix ON mdl_cache_flags (flagtype, name)'
  'DROP INDEX mdl_cont_pat_ix_pattern; CREATE INDEX mdl_cont_pat_ix_pattern ON mdl_context (path)'
  'DROP TABLE mdl_events_queue'
)
wrong_rows=(
  "UPDATE mdl_role SET shortname = 'pupil' WHERE id = 5"
  "UPDATE mdl_context SET path = '/1/3/2' WHERE id = 2"
  "UPDATE mdl_config SET value = '2024100700' WHERE name = 'version'"
  "DELETE FROM mdl_config WHERE name = 'siteadmins'"
  "INSERT INTO mdl_config (name, value) VALUES ('no such setting', '')"
  "DELETE FROM mdl_task_scheduled WHERE component = 'enrol_cohort'"
  "DELETE FROM mdl_role_context_levels WHERE roleid = 1 AND contextlevel = 40"
  "UPDATE mdl_user SET mnethostid = 0 WHERE username = 'admin'"
  'ALTER SEQUENCE mdl_user_id_seq RESTART WITH 2'
)

notices_wrong_ones() {
  local change tables
  tables=$(tables_of "$ours")
  for change in "${wrong_structures[@]}"; do
    if same_structure "$tables" "$change" >/dev/null; then fail "this check does not notice: $change"; fi
  done
  for change in "${wrong_rows[@]}"; do
    if same_site "$change" >/dev/null; then fail "this check does not notice: $change"; fi
  done
  say "each of $((${#wrong_structures[@]} + ${#wrong_rows[@]})) deliberate mistakes was tried"
}

# --- run -------------------------------------------------------------------------------------------------------------

work=$(mktemp -d)
servers_are_up=
databases_may_exist=

clean_up() {
  if [[ -n $servers_are_up ]]; then
    "$root/deploy/dev/servers.sh" down "$work/servers" --remove >/dev/null || true
  elif [[ -n $databases_may_exist ]]; then
    for database in "$ours" "$reference"; do drop "$database" || true; done
  fi
  rm -rf "$work"
}
trap clean_up EXIT

if [[ $server == own ]]; then
  chmod 711 "$work" # as root, PostgreSQL runs as another user
  servers_are_up=yes
  "$root/deploy/dev/servers.sh" up "$work/servers" --owner $$ >/dev/null
  server=$work/servers/servers.env
fi
if [[ $server != here ]]; then
  set -a
  # shellcheck source=/dev/null
  source "$server"
  set +a
fi
on postgres --command 'SELECT 1' >/dev/null || {
  fail "no PostgreSQL server answers at PGHOST=${PGHOST-} PGPORT=${PGPORT-} as PGUSER=${PGUSER-}"
  exit 1
}
databases_may_exist=yes

compared=
if load_ours; then sequences_are_ahead; fi
if [[ $failures -eq 0 && -r $data/moodle-core-tables.sql ]]; then
  compare_with_core_tables
  compared=yes
fi
if [[ $failures -eq 0 && -r $data/moodle-fresh.sql.gz ]]; then
  compare_with_full_site
  if [[ $failures -eq 0 ]]; then notices_wrong_ones; fi
  compared=yes
fi

if [[ $failures -ne 0 ]]; then
  exit 1
fi
if [[ -z $compared ]]; then
  say "SKIPPED: no moodle-core-tables.sql or moodle-fresh.sql.gz in '$data'; our own files load and their" \
    "sequences are right, but nothing was compared with a real Moodle"
  exit 77
fi
