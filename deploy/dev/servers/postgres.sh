# Sourced by servers.sh: PostgreSQL with the database moodle, owned by the user moodle, who may also create databases.
# The superuser postgres has the same password. PostgreSQL refuses to run as root: then it is the user postgres.
# shellcheck shell=bash

postgres_remedy() {
  say "look for a full disk, or for memory that PostgreSQL could not have (shared_buffers is 256 MB)."
}

# Debian keeps the server's programs out of PATH, one folder per version.
postgres_program() {
  local program
  for program in /usr/lib/postgresql/{15,*}/bin/"$1"; do
    [[ ! -x $program ]] || {
      printf '%s\n' "$program"
      return
    }
  done
  return 1
}

# The command prefix that gives up root.
postgres_identity=()
! is_root || postgres_identity=(setpriv --reuid=postgres --regid=postgres --init-groups env HOME=/nonexistent)

# postgres_can_enter: fails, with the remedy, when the user postgres may not enter $dir.
postgres_can_enter() {
  is_root || return 0
  getent passwd postgres >/dev/null ||
    die "$exit_missing" "servers: the user postgres is missing. Remedy: deploy/dev/packages.sh servers"
  "${postgres_identity[@]}" test -x "$dir" ||
    die "$exit_failed" "servers: as root PostgreSQL runs as the user postgres, who may not enter $dir." \
      "Remedy: give a folder whose parents all may enter, for example one below /var/tmp."
}

postgres_prepare() {
  local home="$dir/postgres" fresh="$dir/postgres/data.new"
  keep_port postgres
  [[ ! -d $home/data ]] || return 0
  mkdir -p "$home"
  rm -rf "$fresh"
  printf '%s\n' "$postgres_password" >"$home/password"
  ! is_root || chown -R postgres:postgres "$home"
  postgres_create "$fresh" "$home/password" >>"$(log_of postgres)" 2>&1 || return 1
  rm "$home/password"
  mv "$fresh" "$home/data"
}

# postgres_create DATA_DIR PASSWORD_FILE
postgres_create() {
  local data=$1 settings
  settings="listen_addresses = '127.0.0.1'
unix_socket_directories = ''
shared_buffers = 256MB
max_wal_size = 2GB
fsync = $postgres_fsync"
  cd "$dir/postgres"
  "${postgres_identity[@]}" "$(postgres_program initdb)" -D "$data" -U postgres --pwfile="$2" --no-sync \
    --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 || return 1
  printf '%s\n' "$settings" >>"$data/postgresql.conf"
  "${postgres_identity[@]}" "$(postgres_program postgres)" --single -j -D "$data" postgres <<EOF
CREATE ROLE moodle LOGIN CREATEDB PASSWORD '$postgres_password';

CREATE DATABASE moodle OWNER moodle;

EOF
}

postgres_launch() {
  # After a SIGKILL: its PID may belong to somebody else by now, and PostgreSQL would refuse to start.
  rm -f "$dir/postgres/data/postmaster.pid"
  launch postgres "${postgres_identity[@]}" "$(postgres_program postgres)" -D "$dir/postgres/data" \
    -p "$(port_of postgres)"
}

postgres_answers() {
  PGPASSWORD=$postgres_password "$(postgres_program psql)" -X -h 127.0.0.1 -p "$(port_of postgres)" -U moodle \
    -d moodle -c 'SELECT 1' &>/dev/null
}

# SIGINT is PostgreSQL's "fast" shutdown: it does not wait for clients to leave.
postgres_stop() { stop_server postgres INT; }
