#!/usr/bin/env bash
# usage: build_progress.sh BUILD_TREE
# Whoever waits for a build sees how far it is, also through a pipe; and `./dev demo` and `./dev bench` build no test.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
tree=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
fail() {
  echo "FAILED: $1" >&2
  failed=1
}

# A build of four steps, the third of which goes on until its progress was shown.
fake_ninja() {
  printf '[1/4] Building one\n[2/4] Building two\n'
  until grep -q '50 % (2 of 4 steps)' "$work/shown" 2>/dev/null; do :; done
  printf '[3/4] Building '
  until grep -q '75 % (3 of 4 steps)' "$work/shown" 2>/dev/null; do
    # The rest of the line comes late: a line is read as a whole.
    [[ -n ${rest:-} ]] || printf 'three\n'
    rest=sent
  done
  printf 'error: no newline at the end'
}
(
  export ENTSTREAM_PROGRESS_SECONDS=1
  # shellcheck source=deploy/dev/common.sh
  source "$root/deploy/dev/common.sh"
  # shellcheck source=deploy/dev/build_progress.sh
  source "$root/deploy/dev/build_progress.sh"
  fake_ninja | show_progress "$work/log"
) 2>"$work/shown"
[[ $(cat "$work/log") == $'[1/4] Building one\n[2/4] Building two\n[3/4] Building three\nerror: no newline at the end' ]] ||
  fail "the log of the build is not what ninja wrote: $(cat "$work/log")"

for program in entstream-demo entstream-bench; do
  inputs=$(ninja -C "$tree" -t inputs "bin/$program")
  tests=$(grep '^tests/.*\.o$' <<<"$inputs" | grep -v '^tests/support/' || true)
  [[ -z $tests ]] || fail "$program cannot be built without these tests: $tests"
  for needed in entstream-producer entstream-consumer entgen; do
    grep -qx "bin/$needed" <<<"$inputs" || fail "$program starts $needed, but is built without it"
  done
done
grep -qF "build.sh\" release \"\$1\"" "$root/dev" || fail "./dev does not name the one program that demo and bench need"
exit $failed
