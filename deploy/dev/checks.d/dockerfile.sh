#!/usr/bin/env bash
# deploy/docker/Dockerfile, as far as it can be examined without a container engine: its shell parts, and that what it
# copies, installs, builds and refers to is there.

# shellcheck source=deploy/dev/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

cd "$repo_root"
readonly dockerfile=deploy/docker/Dockerfile
problems=()
stages=()

# One instruction a line, without comments.
instructions() { sed -e '/^ *#/d' "$dockerfile" | sed -e ':join' -e '/\\$/{N;s/\\\n/ /;b join' -e '}' | grep .; }

is_stage() { [[ " ${stages[*]} " == *" $1 "* ]]; }

# check_copy ARGUMENT...: the sources are all but the last.
check_copy() {
  local source
  if [[ $1 == --from=* ]]; then
    is_stage "${1#--from=}" || problems+=("COPY $1: there is no such stage above it")
    return 0
  fi
  for source in "${@:1:$#-1}"; do
    [[ -n $(git ls-files --cached --others --exclude-standard -- "$source") ]] ||
      problems+=("COPY $source: is not in the repository")
  done
}

check_shell() {
  shellcheck --shell=sh --exclude=SC2148 <(printf '%s\n' "$1") || problems+=("RUN $1: see shellcheck's words above")
}

# apt-cache knows nothing where the lists were never fetched; what is installed is known without them.
is_package() { dpkg-query -W "$1" &>/dev/null || [[ -n $(apt-cache show "$1" 2>/dev/null) ]]; }

# check_packages SHELL: the names behind "apt-get install".
check_packages() {
  local word
  [[ $1 =~ apt-get\ install([^&|;]*) ]] || return 0
  for word in ${BASH_REMATCH[1]}; do
    [[ $word == -* ]] || is_package "$word" ||
      problems+=("apt-get install $word: Debian has no such package (or its lists are missing here: apt-get update)")
    packages=$((packages + 1))
  done
}

# check_targets SHELL: the programs behind "--target".
check_targets() {
  local word
  [[ $1 =~ --target([^&|;]*) ]] || return 0
  for word in ${BASH_REMATCH[1]}; do
    git grep --quiet --untracked -F "add_executable($word " -- '*CMakeLists.txt' ||
      problems+=("--target $word: no CMakeLists.txt has such a program")
  done
}

packages=0 copies=0
while read -r instruction arguments; do
  case $instruction in
    FROM)
      read -r image as stage <<<"$arguments"
      [[ $image == *:* ]] || is_stage "$image" || problems+=("FROM $image: neither a stage above it nor IMAGE:TAG")
      [[ $as == AS ]] || problems+=("FROM $arguments: give the stage a name")
      stages+=("$stage")
      ;;
    COPY)
      # shellcheck disable=SC2086
      check_copy $arguments
      copies=$((copies + 1))
      ;;
    RUN)
      check_shell "$arguments"
      check_packages "$arguments"
      check_targets "$arguments"
      ;;
  esac
done < <(instructions)
while read -r target; do
  is_stage "$target" || problems+=("docker-compose.yml builds the stage $target, which is not there")
done < <(grep -o 'target: [a-z-]*' docker-compose.yml | cut -d' ' -f2)

if [[ ${#problems[@]} -gt 0 ]]; then
  printf "$dockerfile: %s\n" "${problems[@]}" >&2
  exit "$exit_failed"
fi
say "$dockerfile: ${#stages[@]} stages, $copies copies and $packages packages are there"
