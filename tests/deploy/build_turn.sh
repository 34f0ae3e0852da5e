#!/usr/bin/env bash
# usage: build_turn.sh
# Two builds in one tree, or a build and a lint, take turns; the one that waits says so.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
  echo "FAILED: $1" >&2
  exit 1
}
# shellcheck source=deploy/dev/common.sh
source "$root/deploy/dev/common.sh"
# shellcheck source=deploy/dev/build_turn.sh
source "$root/deploy/dev/build_turn.sh"

take_turn "$work/tree" build 2>"$work/first"
[[ ! -s $work/first ]] || fail "nobody else builds, but: $(cat "$work/first")"
(
  end_turn # its own copy
  take_turn "$work/tree" lint 2>"$work/second"
  [[ -e $work/first_is_done ]] || fail "the second did not wait"
) &
second=$!
until grep -qsF 'lint: waits for another build in ' "$work/second"; do
  kill -0 "$second" 2>/dev/null || break
done
: >"$work/first_is_done"
end_turn
wait "$second" || fail "the second did not take its turn"
grep -qF 'lint: waits for another build in ' "$work/second" || fail "the second did not say that it waits"
for script in build tidy; do
  grep -qF 'take_turn ' "$root/deploy/dev/$script.sh" || fail "$script.sh takes no turn"
done
