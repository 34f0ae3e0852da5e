#!/usr/bin/env bash
# usage: docs/pictures/run.sh [OUTPUT_FOLDER]      (docs/pictures)
# Makes the pictures of this folder anew, in nine minutes, from a real run: the invented region of ./dev demo, followed by
# one producer into two Moodles on real servers, while people are renamed, classes change, the producer is killed for a while,
# then the database of both, and one who leaves is held by the guard. Needs ./dev build.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
output=$(realpath -m "${1:-$root/docs/pictures}")
bin="$root/build/release/bin"
servers="$root/deploy/dev/servers.sh"
work=$(mktemp -d)
chmod 711 "$work"
# Where the servers may leave their data when this script is killed, they take themselves down.
"$servers" up "$work/servers" --owner $$ --observe
set -a
# shellcheck source=/dev/null
source "$work/servers/servers.env"
set +a
export ENTSTREAM_KAFKA_BOOTSTRAP_SERVERS=$ENTSTREAM_KAFKA_BOOTSTRAP ENTSTREAM_KAFKA_REPLICATION_FACTOR=1
export ENTSTREAM_DATABASE_HOST=$PGHOST ENTSTREAM_DATABASE_PORT=$PGPORT ENTSTREAM_DATABASE_PASSWORD_FILE="$work/password"
export ENTSTREAM_SOURCE=rennes ENTSTREAM_SOURCES=rennes
printf '%s\n' "$PGPASSWORD" >"$work/password"
printf '%s\n' "$ENTSTREAM_LDAP_BIND_PASSWORD" >"$work/ldap_password"

declare -A pids=()
end() {
  for name in "${!pids[@]}"; do kill "${pids[$name]}" 2>/dev/null || true; done
  wait
  "$servers" down "$work/servers" --remove
  rm -rf "$work"
}
trap end EXIT
trap 'exit 130' INT TERM HUP

declare -A ports=([producer]=9464 [moodle-a]=9465 [moodle-b]=9466)
# start NAME: the producer, or the consumer of a Moodle.
start() {
  local name=$1
  if [[ $name == producer ]]; then
    ENTSTREAM_LDAP_BIND_PASSWORD_FILE="$work/ldap_password" ENTSTREAM_METRICS_LISTEN="127.0.0.1:${ports[$name]}" \
      "$bin/entstream-producer" --config "$root/deploy/config/producer.toml" &>>"$work/$name.log" &
  else
    ENTSTREAM_TARGET=$name ENTSTREAM_DATABASE_NAME=${name/-/_} ENTSTREAM_METRICS_LISTEN="127.0.0.1:${ports[$name]}" \
      ENTSTREAM_GUARD_REMOVALS=5 ENTSTREAM_GUARD_PERCENT=0 \
      "$bin/entstream-consumer" --config "$root/deploy/config/consumer.toml" &>>"$work/$name.log" &
  fi
  pids[$name]=$!
}

replay() {
  local name=$1
  shift
  ENTSTREAM_TARGET=$name ENTSTREAM_DATABASE_NAME=${name/-/_} "$bin/entstream-replay" --config "$root/deploy/config/consumer.toml" "$@"
}

# change LDIF: as the administrator of the directory.
change() {
  ldapmodify -x -H "$ENTSTREAM_LDAP_URI" -D "$ENTSTREAM_LDAP_ADMIN_DN" -w "$ENTSTREAM_LDAP_ADMIN_PASSWORD" >/dev/null
}

# live SECONDS: two people a second get another name.
live() {
  local until=$((SECONDS + $1)) person
  while ((SECONDS < until)); do
    person=${people[RANDOM % ${#people[@]}]}
    printf 'dn: %s\nchangetype: modify\nreplace: sn\nsn: NAME %s\n' "$person" "$RANDOM" | change
    sleep 0.5
  done
}

# --- the directory and two Moodles ------------------------------------------------------------------------------
"$bin/entgen" --schools 5 --seed 1 --output "$work/region.ldif"
"$servers" load-ldif "$work/region.ldif" "$work/servers"
"$bin/entgen" --schools 5 --seed 1 --moodle-sql --output "$work/region.sql"
"$root/schemas/moodle/load.sh"
psql -qX1 -v ON_ERROR_STOP=1 -f "$work/region.sql"
for name in moodle_a moodle_b; do psql -qX -c "CREATE DATABASE $name TEMPLATE $PGDATABASE"; done
mapfile -t people < <(sed -n 's/^dn: \(uid=.*,ou=people,.*\)/\1/p' "$work/region.ldif")
printf -- '- targets: ["127.0.0.1:%s", "127.0.0.1:%s"]\n' "${ports[moodle-a]}" "${ports[moodle-b]}" >"$work/consumer.new"
mv "$work/consumer.new" "$work/servers/prometheus/targets/consumer.yml"

# --- nine minutes -----------------------------------------------------------------------------------------------
for name in producer moodle-a moodle-b; do start "$name"; done
live 100
replay moodle-a verify --without-directory >/dev/null || true
kill -KILL "${pids[producer]}"
live 150
start producer
live 60
kill -KILL "${pids[moodle-b]}"
live 40
start moodle-b
live 30
for person in "${people[@]:0:12}"; do printf 'dn: %s\nchangetype: delete\n' "$person" | change; done
people=("${people[@]:12}")
live 60
"$root/deploy/grafana/render.py" "$ENTSTREAM_PROMETHEUS_URL" "$output" --minutes 8
