#!/usr/bin/env bash
# Restores a complete fresh Moodle site (489 tables) from a dump that is not part of this project.
# usage: restore_full.sh DATABASE [SERVERS_DIR]
#   DATABASE     is created; if an earlier run made it, it is dropped first, with whoever is connected to it.
#                A database that this script did not make is only used when it is empty.
#   SERVERS_DIR  a folder with a servers.env, as deploy/dev/servers.sh leaves it. Without it PGHOST, PGPORT, PGUSER
#                and PGPASSWORD name the server.
# The dump is $ENTSTREAM_SHARED/data/moodle-fresh.sql.gz, or ../shared/data/… beside the project.
# Exit status: 0 restored, 1 failed, 2 wrong call, 77 no dump here (ctest reports it as skipped).
set -euo pipefail

say() { echo "restore_full.sh: $*" >&2; }

if [[ $# -lt 1 || $# -gt 2 || ! $1 =~ ^[a-z_][a-z0-9_]*$ ]]; then
  echo "usage: restore_full.sh DATABASE [SERVERS_DIR]   (DATABASE: small letters, digits, _)" >&2
  exit 2
fi
database=$1
if [[ $# -eq 2 ]]; then
  if [[ ! -r $2/servers.env ]]; then
    say "'$2/servers.env' cannot be read; start the servers with deploy/dev/servers.sh, or leave SERVERS_DIR out"
    exit 2
  fi
  set -a
  # shellcheck source=/dev/null
  source "$2/servers.env"
  set +a
fi

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
dump=${ENTSTREAM_SHARED:-$root/../shared}/data/moodle-fresh.sql.gz
if [[ ! -r $dump ]]; then
  say "there is no dump of a full Moodle at '$dump', so nothing was restored. It needs a gzipped pg_dump of a" \
    "freshly installed Moodle 5.1 under that name; ENTSTREAM_SHARED names the folder that holds data/." \
    "schemas/moodle/load.sh does without it, with the tables that entstream uses"
  exit 77
fi

made_here='entstream: full Moodle site restored for tests, may be dropped'
on() {
  local name=$1
  shift
  psql --no-psqlrc --quiet --no-align --tuples-only --set ON_ERROR_STOP=1 --dbname "$name" "$@"
}

if ! owner_mark=$(on postgres --command "
  SELECT coalesce(shobj_description(oid, 'pg_database'), '') || '.'
  FROM pg_database WHERE datname = '$database'"); then
  say "the PostgreSQL server does not answer; check PGHOST, PGPORT, PGUSER and PGPASSWORD"
  exit 1
fi
if [[ $owner_mark == "$made_here." ]]; then
  on postgres --command "DROP DATABASE $database WITH (FORCE)"
  owner_mark=
fi
if [[ -z $owner_mark ]]; then
  on postgres --command "CREATE DATABASE $database TEMPLATE template0 ENCODING 'UTF8'"
  on postgres --command "COMMENT ON DATABASE $database IS '$made_here'"
else
  tables=$(on "$database" --command "
    SELECT count(*) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE relkind IN ('r', 'p', 'v', 'm') AND nspname <> 'information_schema' AND nspname NOT LIKE 'pg\_%'")
  if [[ $tables -ne 0 ]]; then
    say "database '$database' exists, holds $tables tables and was not made by this script: left as it is." \
      "Name another database, or drop it yourself"
    exit 1
  fi
  on postgres --command "COMMENT ON DATABASE $database IS '$made_here'"
fi

if ! gunzip --stdout "$dump" | on "$database" --single-transaction --file - >/dev/null; then
  say "'$dump' could not be restored into database '$database'; the messages above are PostgreSQL's"
  exit 1
fi
