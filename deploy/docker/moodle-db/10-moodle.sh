#!/usr/bin/env bash
# Run once by the entry point of the image "postgres", as the superuser and on a new cluster: the database moodle, owned
# by the user moodle, with the tables of a fresh Moodle and the region's categories and courses.
#   MOODLE_DB_PASSWORD_FILE   the password of the user moodle
#   MOODLE_DB_SHARE (/usr/share/entstream)   where schemas/moodle and region.sql are
set -euo pipefail

share=${MOODLE_DB_SHARE:-/usr/share/entstream}
[[ -s ${MOODLE_DB_PASSWORD_FILE:-} ]] || {
  echo "moodle-db: MOODLE_DB_PASSWORD_FILE must name a file with a password; deploy/docker/secrets.sh makes it." >&2
  exit 1
}

psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\set password `cat "$MOODLE_DB_PASSWORD_FILE"`
CREATE ROLE moodle LOGIN PASSWORD :'password';
CREATE DATABASE moodle OWNER moodle;
SQL

export PGUSER=moodle PGDATABASE=moodle
"$share/schemas/moodle/load.sh"
psql --no-psqlrc --quiet --single-transaction --set ON_ERROR_STOP=1 --file "$share/region.sql"
