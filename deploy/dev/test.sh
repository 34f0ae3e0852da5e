#!/usr/bin/env bash
# Builds and runs the tests:  deploy/dev/test.sh [--preset PRESET] [--without LABEL] [FILTER]
# FILTER is a regular expression on the names that `ctest -N` lists; what is none of these is taken for a pattern on the
# names of GoogleTest ("Consumer*", or a part of the name). Ends with "N passed, N failed", counted in single tests.

# shellcheck source=deploy/dev/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

preset=release filter="" without=""
while [[ $# -gt 0 ]]; do
  case $1 in
    --preset) preset=${2:-} && shift 2 ;;
    --without) without=${2:-} && shift 2 ;;
    -*) die "$exit_usage" "test: unknown option '$1'. Remedy: ./dev help" ;;
    *) filter=$1 && shift ;;
  esac
done

# count_results LOG: "PASSED FAILED SKIPPED" from ctest's log, where each test's whole output stands.
# A GoogleTest program counts as its tests, any other as one; one that ended badly without naming a test is one failure.
count_results() {
  awk '
    / Testing: / { googletest = 0; bad = 0 }
    /^\[==========\] / { googletest = 1 }
    /^\[       OK \] .* \([0-9]+ ms\)$/ { passed++ }
    /^\[  SKIPPED \] .* \([0-9]+ ms\)$/ { skipped++ }
    /^\[  FAILED  \] .* \([0-9]+ ms\)$/ { failed++; bad++ }
    /^Test Passed\.$/ { if (!googletest) passed++ }
    /^Test (Failed|Timeout|not run|Not Run)/ { if (!bad) failed++ }
    END { print passed + 0, failed + 0, skipped + 0 }' "$1"
}

"$repo_root/deploy/dev/packages.sh" build servers
"$repo_root/deploy/dev/kafka.sh" >/dev/null
"$repo_root/deploy/dev/build.sh" "$preset"

tree="$repo_root/build/$preset"
results="$tree/Testing/Temporary/LastTest.log"
rm -f "$results"
options=(--test-dir "$tree" --output-on-failure --parallel "$jobs")
[[ -z $without ]] || options+=(--label-exclude "$without")
if [[ -n $filter ]]; then
  if [[ $(ctest --test-dir "$tree" -N -R "$filter") == *"Total Tests: 0"* ]]; then
    [[ $filter == *[*?:]* ]] || filter="*$filter*"
    export GTEST_FILTER=$filter
  else
    options+=(-R "$filter")
  fi
fi
# Reports of the sanitizers name the lines; the first one ends the test.
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1${UBSAN_OPTIONS:+:$UBSAN_OPTIONS}

status=0
trap 'exit $exit_interrupted' INT TERM HUP
ctest "${options[@]}" || status=$?
passed=0 failed=0 skipped=0
[[ ! -e $results ]] || read -r passed failed skipped <<<"$(count_results "$results")"
((status == 0 || failed > 0)) || failed=1
if ((passed + failed == 0)); then
  warn "test: no test ran${filter:+ for "$filter"}. Remedy: ctest --test-dir build/$preset -N lists their names."
  status=$exit_failed
fi
((skipped == 0)) || skip_note=", $skipped skipped"
say "$passed passed, $failed failed${skip_note:-}"
((failed == 0 && status == 0)) || exit "$exit_failed"
