#!/usr/bin/env bash
# usage: demo.sh PROGRAM
# The demo as `./dev demo` runs it: it ends with Moodle equal to the directory, and leaves no file and no process.
set -euo pipefail

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

status=0
TMPDIR="$work/tmp" "$1" --any-speed >"$work/out" 2>"$work/err" || status=$?
cat "$work/out" "$work/err"
((status == 0)) || fail "the demo ended with status $status"
[[ $(tail -n 1 "$work/out") == "Moodle equals the directory." ]] || fail "the demo does not say that Moodle is equal"
for change in 'new pupil' 'pupil changes class' 'teacher renamed' 'subtree rename' 'pupil leaves' 'a role in course'; do
  grep -q "$change" "$work/out" || fail "the demo does not show: $change"
done
for line in 'Somebody changes Moodle by hand' "lastname: 'BY HAND' -> " 'role_assignment created 1' ' 0  differences'; do
  grep -q "$line" "$work/out" || fail "the demo's replay does not show: $line"
done
[[ -z $(ls -A "$work/tmp") ]] || fail "files are left behind: $(ls -A "$work/tmp")"
left=$(grep -lsaF "$work/tmp" /proc/[0-9]*/cmdline /proc/[0-9]*/environ || true)
[[ -z $left ]] || fail "processes are left behind: $left"
exit $failed
