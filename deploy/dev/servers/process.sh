# Sourced by servers.sh: start, find, wait for and end the server processes of $dir.
# A process is known by "PID STARTTIME" in run/NAME.pid, so that a PID given anew to a stranger is never signalled.
# shellcheck shell=bash

# process_start_time PID: the start time of a living process (kernel ticks); fails when it is gone or a zombie.
process_start_time() {
  local stat fields
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
  read -ra fields <<<"${stat##*) }"
  [[ ${fields[0]} != [ZX] ]] || return 1
  printf '%s\n' "${fields[19]}"
}

# record_process NAME PID
record_process() { printf '%s %s\n' "$2" "$(process_start_time "$2")" >"$dir/run/$1.pid"; }

# pid_of NAME: the PID of a running server; fails when it does not run.
pid_of() {
  local pid started
  { read -r pid started <"$dir/run/$1.pid"; } 2>/dev/null || return 1
  [[ $(process_start_time "$pid") == "$started" ]] || return 1
  printf '%s\n' "$pid"
}

is_running() { pid_of "$1" >/dev/null; }

log_of() { printf '%s\n' "$dir/log/$1.log"; }

# launch NAME COMMAND...: runs it in a session of its own, holding nothing of the caller's but its log.
# The PID is written before the process leaves the caller's process group: whoever ends the caller's group either ends
# it too or finds its PID.
launch() {
  local name=$1 log pid_file="$dir/run/$1.pid"
  shift
  log=$(log_of "$name")
  rm -f "$pid_file"
  (
    record_process "$name" "$BASHPID"
    exec </dev/null >>"$log" 2>&1
    close_inherited_files
    cd /
    exec setsid "$@"
  ) &
  until [[ -s $pid_file ]]; do
    kill -0 $! || return 1
    sleep 0.01
  done
  # Not sooner: until its PID is on file, an interrupted start finds it among the shell's jobs.
  disown $!
}

# A server must not keep the pipes or locks open that this script was given.
close_inherited_files() {
  local path fd
  for path in "/proc/$BASHPID/fd/"*; do
    fd=${path##*/}
    ((fd <= 2)) || eval "exec $fd>&-"
  done
}

# wait_ready NAME CHECK...: true once CHECK is; fails when the server is gone or the deadline has passed.
wait_ready() {
  local name=$1 deadline=$(($(now_ms) + start_seconds * 1000))
  shift
  until "$@"; do
    is_running "$name" || return 1
    (($(now_ms) < deadline)) || return 1
    sleep 0.05
  done
  is_running "$name"
}

# wait_gone SECONDS PID...: true once none of the processes lives.
wait_gone() {
  local deadline=$(($(now_ms) + $1 * 1000)) pid
  shift
  for pid in "$@"; do
    while process_start_time "$pid" >/dev/null; do
      (($(now_ms) < deadline)) || return 1
      sleep 0.02
    done
  done
}

# children_of PID
children_of() { cat "/proc/$1/task/"*/children 2>/dev/null || true; }

# kill_server NAME: SIGKILL for it and its children, as a crash of the machine would do.
kill_server() {
  local pid children
  pid=$(pid_of "$1") || return 0
  read -ra children <<<"$(children_of "$pid")"
  kill -KILL "$pid" ${children[@]+"${children[@]}"} 2>/dev/null || true
  wait_gone 10 "$pid" ${children[@]+"${children[@]}"} || {
    warn "servers: $1 (PID $pid) still lives 10 s after SIGKILL. Remedy: look at its state in /proc/$pid/status."
    return 1
  }
}

# stop_server NAME SIGNAL: asks it to end; SIGKILL when it has not done so in time, which was_killed tells.
stop_server() {
  local pid
  was_killed=no
  pid=$(pid_of "$1") || return 0
  kill "-$2" "$pid" 2>/dev/null || true
  # A paused process answers no signal but these.
  kill -CONT "$pid" 2>/dev/null || true
  wait_gone "$stop_seconds" "$pid" || {
    warn "servers: $1 did not stop within $stop_seconds s: killed. Its log: $(log_of "$1")"
    was_killed=yes
    kill_server "$1"
  }
}
