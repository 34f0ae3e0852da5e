#!/usr/bin/env bash
# Loads Moodle's tables and the rows of a fresh site into the database that PGHOST, PGPORT, PGUSER, PGPASSWORD and
# PGDATABASE name. All or nothing; the database must not hold a Moodle yet.
set -euo pipefail

folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

if [[ $# -ne 0 ]]; then
  echo "usage: PGHOST=… PGPORT=… PGUSER=… PGDATABASE=… $0" >&2
  exit 2
fi

files=()
for file in "$folder"/[0-9][0-9]-*.sql; do
  files+=(--file "$file")
done

if ! psql --no-psqlrc --quiet --single-transaction --set ON_ERROR_STOP=1 "${files[@]}" >/dev/null; then
  echo "load.sh: nothing was loaded into database '${PGDATABASE:-of the default name}'; it must exist, be reachable" \
         "through PGHOST, PGPORT and PGUSER, and not hold a Moodle yet" >&2
  exit 1
fi
