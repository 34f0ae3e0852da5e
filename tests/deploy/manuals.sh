#!/usr/bin/env bash
# usage: manuals.sh BUILD_DIRECTORY
# What is installed says what the programs can: manual pages that troff reads without a word of complaint, and completion
# that works in bash. Both are made from the same description that the options are read with.

set -euo pipefail

build=$1
prefix=$(mktemp -d)
trap 'rm -rf "$prefix"' EXIT
failed=0

fail() {
  printf 'FAILED: %s\n' "$*" >&2
  failed=1
}

# expect_words "LINE" WORD...: what bash proposes at the end of the line has each word; "!WORD": has not.
expect_words() {
  local line=$1 word found
  shift
  read -ra COMP_WORDS <<<"$line"
  [[ $line != *' ' ]] || COMP_WORDS+=('')
  COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
  COMPREPLY=()
  "_${COMP_WORDS[0]//-/_}"
  found=" ${COMPREPLY[*]} "
  for word in "$@"; do
    if [[ $word == !* ]]; then
      [[ $found != *" ${word#!} "* ]] || fail "completion of '$line' proposes ${word#!}"
    else
      [[ $found == *" $word "* ]] || fail "completion of '$line' has no $word, but:$found"
    fi
  done
}

cmake --install "$build" --prefix "$prefix" >/dev/null

for program in entstream-producer entstream-consumer entstream-replay; do
  [[ -x $prefix/bin/$program ]] || fail "$program is not installed"
  page=$prefix/share/man/man1/$program.1
  if command -v groff >/dev/null; then
    words=$(groff -man -ww -b -Tascii "$page" 2>&1 >"$prefix/page.txt") || fail "groff refuses $page"
    [[ -z $words ]] || fail "groff says of $program.1: $words"
    # Without the ways of terminals to show bold and underlined letters.
    sed -e 's/\x1b\[[0-9;]*m//g' -e 's/.\x08//g' "$prefix/page.txt" >"$prefix/plain.txt"
    for section in NAME SYNOPSIS OPTIONS 'EXIT STATUS' 'SEE ALSO'; do
      grep -q "^$section" "$prefix/plain.txt" || fail "$program.1 has no section $section"
    done
    while read -r option; do
      grep -q -e "$option" "$prefix/plain.txt" || fail "$program.1 does not tell of $option"
    done < <("$prefix/bin/$program" --help | grep -o -e '--[a-z-]*' | sort -u)
  else
    printf 'no groff here: the pages are not read\n'
  fi
  bash -n "$prefix/share/bash-completion/completions/$program" || fail "bash cannot read the completion of $program"
  # shellcheck source=/dev/null
  source "$prefix/share/bash-completion/completions/$program"
done

touch "$prefix/consumer.toml"
cd "$prefix"
expect_words 'entstream-replay st' status '!sync'
expect_words 'entstream-replay --config con' consumer.toml
expect_words 'entstream-replay status --config con' consumer.toml
expect_words 'entstream-replay dlq ' list show retry drop
expect_words 'entstream-replay dlq retry --' --all '!--json'
expect_words 'entstream-replay status --' --json --max-age
expect_words 'entstream-replay inspect ' changes state control dlq
expect_words 'entstream-replay sync ' users cohorts roles
expect_words 'entstream-consumer --' --config --explain --approve --help-man
expect_words 'entstream-producer --' --config --ask --check

exit "$failed"
