#!/usr/bin/env bash
# The three real servers of one directory: slapd, Kafka and PostgreSQL, as ordinary processes on free loopback ports; and,
# where somebody wants to look at metrics, Prometheus.

# shellcheck source=deploy/dev/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=deploy/dev/servers/process.sh
source "$repo_root/deploy/dev/servers/process.sh"
# shellcheck source=deploy/dev/servers/ports.sh
source "$repo_root/deploy/dev/servers/ports.sh"
# shellcheck source=deploy/dev/servers/ldap.sh
source "$repo_root/deploy/dev/servers/ldap.sh"
# shellcheck source=deploy/dev/servers/kafka.sh
source "$repo_root/deploy/dev/servers/kafka.sh"
# shellcheck source=deploy/dev/servers/postgres.sh
source "$repo_root/deploy/dev/servers/postgres.sh"
# shellcheck source=deploy/dev/servers/prometheus.sh
source "$repo_root/deploy/dev/servers/prometheus.sh"

# Those of $dir: use_dir adds the others where they were asked for.
server_names=(ldap kafka postgres)
readonly observing_names=(exporter prometheus)
readonly start_seconds=${ENTSTREAM_START_SECONDS:-60} stop_seconds=30
readonly lock_seconds=300

usage() {
  cat <<'EOF'
usage: deploy/dev/servers.sh COMMAND

  up DIR [OPTION...]       starts slapd, Kafka and PostgreSQL with their data in DIR and writes DIR/servers.env
                           (KEY=VALUE lines). When it is interrupted the servers are stopped again, and what it made
                           in a DIR without servers is removed. Options:
      --owner PID          stops the servers and removes their files once the process PID is gone
      --no-fsync           a new PostgreSQL does not wait for the disk: for tests, which lose nothing by a killed
                           server, only by a machine that goes down
      --observe            starts Prometheus too, here and at every later up of DIR, with the rules of deploy/prometheus,
                           and node_exporter for the disk (servers "prometheus" and "exporter")
      --kafka-listener NAME:PROTOCOL:PORT:ADVERTISED_PORT
                           one more listener of Kafka; may be repeated
      --kafka-properties FILE
                           more lines of Kafka's server.properties
      --kafka-account NAME=PASSWORD
                           one more account of SCRAM-SHA-512 in a new Kafka; may be repeated
  down DIR [--remove]      stops them; with --remove also removes all that up made in DIR
  start NAME DIR           starts one server again, on the same port    NAME: ldap, kafka, postgres …
  stop NAME DIR            asks one server to end
  kill NAME DIR            SIGKILL, for crash tests
  restart NAME DIR         stop and start
  load-ldif FILE DIR       makes FILE the whole content of the directory (slapadd; slapd restarts)
  status DIR               a line "NAME running PID PORT" or "NAME stopped" for each; exit status 0 if all run

Each returns when it is done: a started server answers, a stopped one is gone. Every command may be repeated, and run
beside others. Logs: DIR/log/NAME.log. Environment: ENTSTREAM_START_SECONDS, the deadline of a start (60).
Exit status: 0 done, 1 failed, 2 wrong usage, 3 a program is missing, 130 interrupted.
EOF
}

usage_error() { die $exit_usage "servers: $1" "Remedy: deploy/dev/servers.sh help"; }

# --- one directory -----------------------------------------------------------------------------------------------

# use_dir DIR: sets $dir, absolute; the folder itself need not exist.
use_dir() {
  [[ -n ${1:-} ]] || usage_error "the folder DIR is missing."
  dir=$(realpath -m -- "$1")
  [[ ! $dir =~ [^A-Za-z0-9._/@=-] ]] ||
    usage_error "DIR may hold only letters, digits and . _ / @ = - (it goes into the servers' configuration): $dir"
  [[ ! -e $dir/run/observe ]] || server_names=(ldap kafka postgres "${observing_names[@]}")
}

# observe_dir: from now on $dir has Prometheus too.
observe_dir() {
  touch "$dir/run/observe" "$dir/log/"{prometheus,exporter}.log
  server_names=(ldap kafka postgres "${observing_names[@]}")
}

# Waits for whoever works on $dir. The folder may be removed meanwhile: then again.
lock_dir() {
  while true; do
    exec {lock_file}>"$dir/lock"
    flock -w $lock_seconds "$lock_file" ||
      die $exit_failed "servers: another command has been busy with $dir for $lock_seconds s. Remedy: end it first."
    [[ ! $dir/lock -ef /proc/$$/fd/$lock_file ]] || return 0
    exec {lock_file}>&-
    mkdir -p "$dir"
  done
}

create_dir() {
  # When we are root, the user postgres must pass through it.
  (umask 022 && mkdir -p "$dir")
  if is_root; then chmod 711 "$dir"; else chmod 700 "$dir"; fi
  lock_dir
  has_lock=yes
  [[ -s $dir/servers.env ]] || is_first_up=yes
  mkdir -p "$dir/run" "$dir/log"
  touch "$dir/log/"{ldap,kafka,postgres}.log
  [[ -s $dir/run/settings ]] || write_settings
  load_settings
}

write_settings() {
  cat >"$dir/run/settings.new" <<EOF
ldap_admin_password=$(random_hex 16)
ldap_bind_password=$(random_hex 16)
postgres_password=$(random_hex 16)
kafka_cluster_id=E$(head -c 16 /dev/urandom | base64 | tr '+/' '-_' | cut -c 2-22)
EOF
  mv "$dir/run/settings.new" "$dir/run/settings"
}

ldap_admin_password="" ldap_bind_password="" postgres_password="" kafka_cluster_id=""
# What a new PostgreSQL is set up with.
postgres_fsync=on
load_settings() {
  # shellcheck source=/dev/null
  source "$dir/run/settings"
  "$repo_root/deploy/dev/kafka.sh" >/dev/null
}

# For commands on servers that must have been set up before.
open_dir() {
  use_dir "$1"
  [[ -s $dir/servers.env ]] || usage_error "there are no servers in $dir: first: deploy/dev/servers.sh up $dir"
  lock_dir
  load_settings
}

write_env() {
  cat >"$dir/servers.env.new" <<EOF
ENTSTREAM_DEV_DIR=$dir
ENTSTREAM_LDAP_URI=$(ldap_uri)
ENTSTREAM_LDAP_BASE=$ldap_base
ENTSTREAM_LDAP_ADMIN_DN=$ldap_admin_dn
ENTSTREAM_LDAP_ADMIN_PASSWORD=$ldap_admin_password
ENTSTREAM_LDAP_BIND_DN=$ldap_bind_dn
ENTSTREAM_LDAP_BIND_PASSWORD=$ldap_bind_password
ENTSTREAM_KAFKA_BOOTSTRAP=$(kafka_bootstrap)
PGHOST=127.0.0.1
PGPORT=$(port_of postgres)
PGUSER=moodle
PGPASSWORD=$postgres_password
PGDATABASE=moodle
EOF
  [[ ! -e $dir/run/observe ]] || say "ENTSTREAM_PROMETHEUS_URL=$(prometheus_url)" >>"$dir/servers.env.new"
  mv "$dir/servers.env.new" "$dir/servers.env"
  # What the samples of deploy/config lack to run on these servers.
  cat >"$dir/programs.env.new" <<EOF
. "$dir/servers.env"
ENTSTREAM_KAFKA_BOOTSTRAP_SERVERS=$(kafka_bootstrap)
ENTSTREAM_KAFKA_REPLICATION_FACTOR=1
ENTSTREAM_DATABASE_HOST=127.0.0.1
ENTSTREAM_DATABASE_PORT=$(port_of postgres)
ENTSTREAM_DATABASE_NAME=moodle
ENTSTREAM_DATABASE_USER=moodle
ENTSTREAM_DATABASE_PASSWORD=$postgres_password
EOF
  mv "$dir/programs.env.new" "$dir/programs.env"
}

check_programs() {
  local name
  for name in slapd ldapwhoami java setsid setpriv flock; do
    [[ -n $(type -P "$name") ]] || missing_program "$name"
  done
  postgres_program initdb >/dev/null || missing_program initdb
  [[ $is_observed == no ]] || for name in prometheus prometheus-node-exporter; do
    [[ -n $(type -P "$name") ]] || missing_program "$name"
  done
}

missing_program() {
  die $exit_missing "servers: '$1' is missing. Remedy: deploy/dev/packages.sh servers"
}

# --- starting and stopping ---------------------------------------------------------------------------------------

# start_one NAME: prepares, starts and waits. With may_move_ports=yes a port that somebody took is replaced.
start_one() {
  local name=$1 log offset
  ! is_running "$name" || return 0
  log=$(log_of "$name")
  for _ in {1..5}; do
    offset=$(stat -c %s "$log")
    if "${name}_prepare" && "${name}_launch" && wait_ready "$name" "${name}_answers"; then return 0; fi
    kill_server "$name"
    tail -c "+$((offset + 1))" "$log" | grep -Eqi 'address already in use|errno=98' || break
    [[ $may_move_ports == yes ]] || break
    move_port "$name"
    [[ $name != kafka ]] || move_port kafka-controller
  done
  warn "servers: $name did not start. The end of its log, $log:"
  tail -c "+$((offset + 1))" "$log" | tail -n 15 | sed 's/^/    /' >&2
  warn "Remedy: see the log above; $("${name}_remedy")"
  return 1
}

# in_parallel FUNCTION NAME...: each in a process group of its own, so that an interrupted start ends all of it.
# The first start that fails ends the others.
in_parallel() {
  local function=$1 name ended failed=0
  shift
  set -m
  for name in "$@"; do
    "$function" "$name" </dev/null &
    jobs_running[$!]=$name
  done
  set +m
  while [[ ${#jobs_running[@]} -gt 0 ]]; do
    wait -n -p ended "${!jobs_running[@]}" || {
      failed=1
      [[ $function != start_one ]] || break
    }
    if [[ -n ${ended:-} ]]; then
      unset "jobs_running[$ended]"
    else
      # Not told of by name, in a trap for example: all have ended before.
      failed=0
      for name in "${!jobs_running[@]}"; do wait "$name" || failed=1; done
      jobs_running=()
    fi
  done
  end_jobs
  return $failed
}

# By process group, with whatever the job has started and not detached. The shell's own list knows a job also when the
# signal came between its start and the note of it.
jobs_running=()
end_jobs() {
  local job
  for job in $(jobs -p); do
    kill -KILL -- "-$job" 2>/dev/null || kill -KILL "$job" 2>/dev/null || true
    wait "$job" 2>/dev/null || true
  done
  jobs_running=()
}

stop_one() { "${1}_stop"; }

# Of an up: whether it is the only one who works on $dir, and whether there were no servers in it before.
has_lock=no is_first_up=no

interrupted() {
  trap '' INT TERM HUP
  end_jobs
  if [[ $has_lock == yes ]]; then
    warn "servers: interrupted: stopping what was started in $dir."
    end_watcher
    in_parallel stop_interrupted "${server_names[@]}" || true
    [[ $is_first_up == no ]] || remove_data
  else
    # Nothing was started. A folder in which there is nothing but the lock that nobody holds is ours.
    if [[ -n ${lock_file:-} && ! -e $dir/run ]] && flock -n "$lock_file"; then rm -f "$dir/lock"; fi
    rmdir "$dir" 2>/dev/null || true
  fi
  exit $exit_interrupted
}

# Data that is removed needs no orderly end; but PostgreSQL would leave shared memory behind.
stop_interrupted() {
  if [[ $is_first_up == yes && $1 != postgres ]]; then kill_server "$1"; else stop_one "$1"; fi
}

remove_data() {
  rm -rf "$dir"/{ldap,kafka,postgres,prometheus,log,run,servers.env,servers.env.new,programs.env,programs.env.new,lock}
  [[ ! -d $dir ]] || rmdir --ignore-fail-on-non-empty "$dir"
}

# --- the owner ---------------------------------------------------------------------------------------------------

# watch_owner PID: a process of its own that takes the servers down once PID is gone, however it ended.
watch_owner() {
  local owner=$1 started
  started=$(process_start_time "$owner") || usage_error "--owner: there is no process $owner."
  end_watcher
  launch owner "$BASH" "$repo_root/deploy/dev/servers.sh" watch "$dir" "$owner" "$started"
}

end_watcher() {
  local pid
  pid=$(pid_of owner) || return 0
  [[ $pid == "$$" ]] || kill_server owner
}

watch() {
  local owner=$1 started=$2 never
  # Waiting on a pipe that nobody writes needs no process, unlike sleep.
  exec {never}<> <(:)
  while [[ $(process_start_time "$owner") == "$started" ]]; do read -rt 0.5 -u "$never" || true; done
  exec {never}>&-
  exec "$BASH" "$repo_root/deploy/dev/servers.sh" down "$dir" --remove
}

# --- commands ----------------------------------------------------------------------------------------------------

up() {
  local owner="" started is_observed=no listeners=() accounts=() properties=()
  use_dir "${1:-}"
  shift
  while [[ $# -gt 0 ]]; do
    case $1 in
      --owner)
        owner=${2:-}
        [[ $owner =~ ^[0-9]+$ ]] || usage_error "--owner needs a PID."
        shift 2
        ;;
      --no-fsync) postgres_fsync=off && shift ;;
      --observe) is_observed=yes && shift ;;
      --kafka-listener)
        [[ ${2:-} =~ ^[A-Z]+:[A-Z_]+:[0-9]+:[0-9]+$ ]] ||
          usage_error "--kafka-listener needs NAME:PROTOCOL:PORT:ADVERTISED_PORT, not '${2:-}'."
        listeners+=("$2")
        shift 2
        ;;
      --kafka-properties)
        [[ -r ${2:-} ]] || usage_error "--kafka-properties: cannot read the file '${2:-}'."
        properties+=("$2")
        shift 2
        ;;
      --kafka-account)
        [[ ${2:-} =~ ^[A-Za-z0-9-]+=[A-Za-z0-9-]+$ ]] || usage_error "--kafka-account needs NAME=PASSWORD."
        accounts+=("$2")
        shift 2
        ;;
      *) usage_error "unknown argument: $1" ;;
    esac
  done
  check_programs
  started=$(now_ms)
  trap interrupted INT TERM HUP
  create_dir
  [[ $is_observed == no ]] || observe_dir
  postgres_can_enter
  [[ ${#listeners[@]} -eq 0 ]] || printf '%s\n' "${listeners[@]}" >"$(kafka_listeners_file)"
  [[ ${#properties[@]} -eq 0 ]] || cat "${properties[@]}" >"$(kafka_properties_file)"
  [[ ${#accounts[@]} -eq 0 ]] || printf '%s\n' "${accounts[@]}" >"$(kafka_accounts_file)"
  [[ -z $owner ]] || watch_owner "$owner"
  may_move_ports=yes
  if ! in_parallel start_one "${server_names[@]}"; then
    in_parallel stop_one "${server_names[@]}" || true
    die $exit_failed "servers: stopped again; the logs are in $dir/log."
  fi
  write_env
  say "servers: ${server_names[*]} answer after $(seconds_since "$started") s: $dir/servers.env"
}

down() {
  use_dir "${1:-}"
  local remove=${2:-}
  [[ -z $remove || $remove == --remove ]] || usage_error "unknown argument: $remove"
  [[ -d $dir/run ]] || return 0
  lock_dir
  end_watcher
  in_parallel stop_one "${server_names[@]}"
  if [[ $remove == --remove ]]; then
    remove_data
  fi
}

# on_one start|stop|kill|restart NAME DIR
on_one() {
  local action=$1 name=${2:-}
  open_dir "${3:-}"
  [[ " ${server_names[*]} " == *" $name "* ]] || usage_error "NAME is one of ${server_names[*]}, not '$name'."
  trap interrupted_action INT TERM HUP
  may_move_ports=no
  case $action in
    start) in_parallel start_one "$name" ;;
    stop) stop_one "$name" ;;
    kill) kill_server "$name" ;;
    restart) stop_one "$name" && in_parallel start_one "$name" ;;
  esac
}

interrupted_action() {
  trap '' INT TERM HUP
  end_jobs
  exit $exit_interrupted
}

load_ldif() {
  local file=${1:-} result=0
  [[ -r $file ]] || usage_error "cannot read the LDIF file '$file'."
  file=$(realpath -- "$file")
  open_dir "${2:-}"
  trap interrupted_action INT TERM HUP
  may_move_ports=no
  ldap_load "$file" || result=$exit_failed
  in_parallel start_one ldap || result=$exit_failed
  return $result
}

status() {
  local name pid result=0
  use_dir "${1:-}"
  for name in "${server_names[@]}"; do
    if pid=$(pid_of "$name"); then
      say "$name running $pid $(port_of "$name")"
    else
      say "$name stopped"
      result=$exit_failed
    fi
  done
  return $result
}

umask 077
case ${1:-} in
  up | down | status) "$@" ;;
  start | stop | kill | restart) on_one "$@" ;;
  load-ldif) load_ldif "${@:2}" ;;
  watch)
    dir=$2
    watch "${@:3}"
    ;;
  help | -h | --help) usage ;;
  *) usage_error "unknown command '${1:-}'." ;;
esac
