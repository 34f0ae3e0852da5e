#!/usr/bin/env bash
# usage: compose_configuration.sh PRODUCER CONSUMER
# Each program accepts its file of deploy/config together with the ENTSTREAM_* variables that docker-compose.yml passes
# to it, and knows every one of these variables. No server is asked.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failures=0

# fail MESSAGE DETAIL...
fail() {
  printf 'FAILED: %s\n' "$1" >&2
  [[ $# -eq 1 ]] || printf '    %s\n' "${@:2}" >&2
  failures=$((failures + 1))
}

# variables_of SERVICE: NAME=VALUE lines, in the one form that docker-compose.yml has them.
variables_of() {
  awk -v wanted="$1" '
    /^[a-z]/ || /^  [a-z].*:$/ { service = $1; sub(/:$/, "", service) }
    service == wanted && /^      ENTSTREAM_[A-Z0-9_]+: / {
      name = $1; sub(/:$/, "", name)
      value = $0; sub(/^[^:]*: /, "", value); gsub(/^"|"$/, "", value)
      print name "=" value
    }' "$root/docker-compose.yml"
}

# known_variables PROGRAM: the names of the variables that can override a key, from its own documentation.
known_variables() {
  "$1" --help-config=markdown | awk '
    /^### / { section = ""; single = !/^### `\[\[/ }
    /^### `\[[a-z]/ { section = $2; gsub(/[][`]/, "", section); gsub(/\./, "_", section); section = section "_" }
    /^\| `/ && single {
      split($0, cell, "|")
      if (cell[3] ~ /table|rule/) next
      key = cell[2]; gsub(/[` ]/, "", key)
      name = "ENTSTREAM_" toupper(section key)
      print name
      if (cell[3] ~ /secret/) print name "_FILE\n" name "_ENV"
    }'
}

# check PROGRAM SERVICE
check() {
  local program=$1 service=$2 file="$root/deploy/config/$2.toml" line variables=()
  known_variables "$program" >"$scratch/known"
  while read -r line; do
    grep -qx "${line%%=*}" "$scratch/known" || fail "$service: docker-compose.yml passes ${line%%=*}, which overrides no key"
    variables+=("${line//\/run\/secrets\//$scratch/secrets/}")
  done < <(variables_of "$service")
  passed=$((passed + ${#variables[@]}))

  env "${variables[@]}" "$program" --check-config --config "$file" ||
    fail "$service: $file with these variables is refused (above):" "${variables[@]}"

  # That it looks at the file at all.
  { echo 'no_such_key = 1' && cat "$file"; } >"$scratch/$service.toml"
  if env "${variables[@]}" "$program" --check-config --config "$scratch/$service.toml" &>"$scratch/refusal"; then
    fail "$service: accepts a file with an unknown key"
  else
    grep -q no_such_key "$scratch/refusal" || fail "$service: refuses an unknown key without naming it"
  fi
}

passed=0
"$root/deploy/docker/secrets.sh" "$scratch/secrets" >/dev/null
check "$1" producer
check "$2" consumer
# No variable may escape this test by standing elsewhere, or in another form.
written=$(grep -c '^[^#]*ENTSTREAM_' "$root/docker-compose.yml")
[[ $passed -eq $written ]] || fail "docker-compose.yml has $written variables of entstream, of which $passed were understood"
[[ $failures -eq 0 ]] || exit 1
echo "producer and consumer accept their files with the $passed variables of docker-compose.yml"
