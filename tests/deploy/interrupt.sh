#!/usr/bin/env bash
# usage: interrupt.sh DEMO_PROGRAM
# Ctrl-C at any point of `servers.sh up` and of the demo leaves no process and no file behind. The points are what can be
# seen from outside: a file that appears, a line that is printed.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
demo=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# When we are root, the user postgres must pass through it.
chmod 711 "$work"
mkdir -m 711 "$work/tmp"
failed=0
fail() {
  echo "FAILED: $1" >&2
  failed=1
}

# processes_of TEXT: their folders in /proc, this script's own aside.
processes_of() {
  local process
  for process in $(grep -lsaF "$1" /proc/[0-9]*/cmdline /proc/[0-9]*/environ || true); do
    process=${process%/*}
    [[ ${process#/proc/} == "$$" || ${process#/proc/} == "${BASHPID}" ]] || printf '%s ' "$process"
  done
}

is_alive() { [[ $(jobs -pr) == *"$1"* ]]; }

# interrupt_at WHAT FILE_OR_TEXT COMMAND...: runs it as the foreground job of a terminal of its own would run, presses
# Ctrl-C (a signal to the whole job) at that point, and looks at what is left in $TMPDIR.
interrupt_at() {
  local what=$1 point=$2 job status=0
  shift 2
  set -m
  TMPDIR="$work/tmp" "$@" >"$work/out" 2>&1 &
  job=$!
  set +m
  until [[ -e $point ]] || grep -qF "$point" "$work/out"; do is_alive $job || break; done
  kill -INT -- "-$job" 2>/dev/null || true
  wait "$job" || status=$?
  # 0: it was done before we came.
  [[ $status == 130 || $status == 0 ]] || {
    fail "$what, interrupted at $point, ended with status $status"
    cat "$work/out" >&2
  }
  [[ $status != 0 ]] || "$root/deploy/dev/servers.sh" down "$work/tmp/servers" --remove
  echo "$what, interrupted at $point: status $status"
  # What a process has in its environment or arguments goes with it, a moment after the signal.
  for _ in {1..300}; do
    [[ -n $(processes_of "$work/tmp")$(ls -A "$work/tmp") ]] || return 0
    sleep 0.1
  done
  fail "$what, interrupted at $point, left files: $(ls -A "$work/tmp") and processes: $(processes_of "$work/tmp")"
  cat "$work/out" >&2
  rm -rf "$work/tmp"
  mkdir -m 711 "$work/tmp"
}

# The folder itself is the first thing that appears; then the steps of the three servers, which start side by side.
for point in "" /lock /run /run/settings /run/owner.pid /run/ldap.pid /run/kafka.port /postgres/data.new \
  /postgres/data.new/postgresql.conf /kafka/formatted /run/kafka.pid /run/postgres.pid; do
  interrupt_at "servers.sh up" "$work/tmp/servers$point" \
    "$root/deploy/dev/servers.sh" up "$work/tmp/servers" --owner $$ --no-fsync
done
interrupt_at "servers.sh up --observe" "$work/tmp/servers/run/prometheus.pid" \
  "$root/deploy/dev/servers.sh" up "$work/tmp/servers" --owner $$ --no-fsync --observe
for point in "Starting slapd" "Generating the region" "Loading:" "Live changes"; do
  interrupt_at demo "$point" "$demo" --any-speed
done
exit $failed
