#!/usr/bin/env bash
# Checks the form of the sources:  deploy/dev/lint.sh [--form] [PATH...]
# --form leaves out clang-tidy, which needs a build and minutes.
# With paths only the C++ files there are examined. Each script of checks.d/ is one more check: it is run from the root
# of the repository, prints what it objects to and ends with a non-zero status then.

# shellcheck source=deploy/dev/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

cd "$repo_root"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
trap 'exit $exit_interrupted' INT TERM HUP
failed=()

# check NAME COMMAND...: its output is shown only when it objects.
check() {
  local name=$1 started
  shift
  started=$(now_ms)
  if "$@" &>"$log"; then
    say "lint: $name: clean ($(seconds_since "$started") s)"
  else
    cat "$log"
    say "lint: $name: FAILED"
    failed+=("$name")
  fi
}

tracked() { git ls-files --cached --others --exclude-standard -- "$@"; }

bash_scripts() {
  local file line
  while read -r file; do
    { read -r line <"$file"; } 2>/dev/null || continue
    [[ $line != '#!'*bash* ]] || printf '%s\n' "$file"
  done < <(tracked)
}

format_is_clean() { tracked "${paths[@]}" | sed -n '/\.[ch]pp$/p' | xargs -r clang-format --dry-run -Werror; }

tidy_is_clean() { tracked "${paths[@]}" | sed -n '/\.cpp$/p' | "$repo_root/deploy/dev/tidy.sh"; }

syntax_is_clean() { bash_scripts | xargs -r -n 1 bash -n; }

scripts_are_clean() { bash_scripts | xargs -r shellcheck --external-sources --check-sourced; }

form_only=""
if [[ ${1:-} == --form ]]; then
  form_only=yes
  shift
fi
paths=("$@")
[[ $# -gt 0 ]] || paths=(.)
"$repo_root/deploy/dev/packages.sh" build lint
check "bash -n" syntax_is_clean
check shellcheck scripts_are_clean
check clang-format format_is_clean
for script in deploy/dev/checks.d/*.sh; do
  [[ ! -e $script ]] || check "$(basename "$script" .sh)" bash "$script"
done
if [[ -z $form_only ]]; then
  # clang-tidy needs the generated headers, compile_commands.json and ninja's record of who includes what.
  "$repo_root/deploy/dev/build.sh" release
  check clang-tidy tidy_is_clean
fi
[[ ${#failed[@]} -eq 0 ]] || die "$exit_failed" "lint: ${#failed[@]} failed: ${failed[*]}"
