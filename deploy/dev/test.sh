#!/usr/bin/env bash
# Builds and runs the tests:  deploy/dev/test.sh [--preset PRESET] [--without LABEL] [FILTER]
# FILTER is a regular expression on the names that `ctest -N` lists. What is none of these is looked for in the programs
# that ctest runs whole, as a pattern of GoogleTest ("Consumer*") or a part of a name. Ends with "N passed, N failed", counted in single tests.

# shellcheck source=deploy/dev/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

preset=release filter="" wanted="" without=""
while [[ $# -gt 0 ]]; do
  case $1 in
    --preset) preset=${2:-} && shift 2 ;;
    --without) without=${2:-} && shift 2 ;;
    -*) die "$exit_usage" "test: unknown option '$1'. Remedy: ./dev help" ;;
    *) filter=$1 wanted=$1 && shift ;;
  esac
done

# count_results REPORT: "PASSED FAILED SKIPPED" from ctest's JUnit report, where each test's whole output stands.
# A GoogleTest program counts as its tests, any other as one; one that ended badly without naming a test is one failure.
count_results() {
  awk '
    /^\t<testcase / {
      googletest = bad = unavailable = 0
      match($0, / status="[a-z]+"/)
      status = substr($0, RSTART + 9, RLENGTH - 10)
    }
    /<skipped message="Unable/ { unavailable = 1 }
    /\[==========\] / { googletest = 1 }
    /\[       OK \] .* \([0-9]+ ms\)$/ { passed++ }
    /\[  SKIPPED \] .* \([0-9]+ ms\)$/ { skipped++ }
    /\[  FAILED  \] .* \([0-9]+ ms\)$/ { failed++; bad++ }
    /^\t<\/testcase>/ {
      if (status == "fail" || unavailable) { if (!bad) failed++ }
      else if (!googletest) { if (status == "run") passed++; else skipped++ }
    }
    END { print passed + 0, failed + 0, skipped + 0 }' "$1"
}

# failed_tests REPORT: a line for each failed test, "failed: PROGRAM Suite.Test: PLACE: WHAT", so that whoever reads only
# the end of a long run knows where to look. The report escapes < and > and &.
failed_tests() {
  awk '
    function told() { return place == "" ? "" : ": " place ": " what }
    /^\t<testcase / {
      match($0, /name="[^"]*"/)
      program = substr($0, RSTART + 6, RLENGTH - 7)
      match($0, / status="[a-z]+"/)
      status = substr($0, RSTART + 9, RLENGTH - 10)
      place = what = last = ""
      bad = 0
    }
    /\[ RUN      \] / { place = what = ""; last = $NF }
    /: Failure$/ && place == "" { place = substr($0, 1, length($0) - 9); sub(/.*\/tests\//, "tests/", place); wanted = 1; next }
    wanted > 0 { gsub(/^ +/, ""); what = what (what == "" ? "" : " ") $0; if (++wanted > 4) wanted = 0 }
    /\[  FAILED  \] .* \([0-9]+ ms\)$/ { print "failed: " program " " last told(); bad++; wanted = 0; place = what = "" }
    /^\t<\/testcase>/ { if (status == "fail" && !bad) print "failed: " program (last == "" ? "" : " in or after " last) told(); wanted = 0 }
    ' "$1" | sed -e 's/&lt;/</g' -e 's/&gt;/>/g' -e 's/&quot;/"/g' -e 's/&amp;/\&/g' | cut -c 1-400
}

# programs_with PATTERN: a regular expression for the GoogleTest programs that ctest runs whole and that have such tests.
programs_with() {
  local line program="" names=()
  while read -r line; do
    case $line in
      *"Test command: $tree/bin/"*) program=${line#*Test command: } ;;
      *"Test "*"#"*": "*)
        # Suites stand at the left edge, with their tests below them, indented.
        if [[ -x $program && $("$program" --gtest_list_tests --gtest_filter="$1") == *$'\n  '* ]]; then
          names+=("^${line#*: }\$")
        fi
        program=""
        ;;
    esac
  done < <(ctest --test-dir "$tree" -N -V)
  (IFS="|" && printf '%s\n' "${names[*]}")
}

"$repo_root/deploy/dev/packages.sh" build servers
"$repo_root/deploy/dev/kafka.sh" >/dev/null
"$repo_root/deploy/dev/build.sh" "$preset"

tree="$repo_root/build/$preset"
report="$tree/tests.xml"
rm -f "$report"
options=(--test-dir "$tree" --output-on-failure --parallel "$jobs" --output-junit "$report"
  --test-output-size-passed 100000000 --test-output-size-failed 100000000)
[[ -z $without ]] || options+=(--label-exclude "$without")
if [[ -n $filter ]]; then
  if [[ $(ctest --test-dir "$tree" -N -R "$filter") == *"Total Tests: 0"* ]]; then
    [[ $filter == *[*?:]* ]] || filter="*$filter*"
    export GTEST_FILTER=$filter
    filter=$(programs_with "$filter")
  fi
  options+=(-R "${filter:-^$}")
fi
# Reports of the sanitizers name the lines; the first one ends the test.
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1${UBSAN_OPTIONS:+:$UBSAN_OPTIONS}
export LSAN_OPTIONS=suppressions=$repo_root/tests/leaks_of_libraries.supp:print_suppressions=0${LSAN_OPTIONS:+:$LSAN_OPTIONS}

status=0
trap 'exit $exit_interrupted' INT TERM HUP
ctest "${options[@]}" || status=$?
passed=0 failed=0 skipped=0
[[ ! -e $report ]] || read -r passed failed skipped <<<"$(count_results "$report")"
((status == 0 || failed > 0)) || failed=1
if ((passed + failed == 0)); then
  warn "test: no test ran${wanted:+ for "$wanted"}. Remedy: ctest --test-dir build/$preset -N lists their names."
  status=$exit_failed
fi
((failed == 0)) || [[ ! -e $report ]] || failed_tests "$report"
((skipped == 0)) || skip_note=", $skipped skipped"
say "$passed passed, $failed failed${skip_note:-}"
((failed == 0 && status == 0)) || exit "$exit_failed"
