#!/usr/bin/env bash
# clang-tidy over the C++ files named on the input, one a line:  git ls-files '*.cpp' | deploy/dev/tidy.sh
# It takes some ten seconds a file, so what was found clean is remembered, in the user's cache: a file is examined again
# when it, a header of ours that it includes, its compiler flags, .clang-tidy or an installed library has changed.

# shellcheck source=deploy/dev/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

readonly tree=build/release
readonly clean_dir="$cache_root/tidy"

# tidy_one FILE KEY
tidy_one() {
  local output
  if output=$(clang-tidy -quiet -p "$tree" --extra-arg=-Wno-unknown-warning-option "$1" 2>/dev/null); then
    touch "$clean_dir/$2"
  else
    printf '%s\n' "${output:-"$1: clang-tidy ended without a word. Remedy: clang-tidy -p $tree $1"}"
    return 1
  fi
}

# Ninja's record of who includes what, all paths absolute (ccache makes some relative to the build tree).
includes() {
  ninja -C "$tree" -t deps | sed -e "s|^    \.\./\.\./|    $repo_root/|" -e "s|^    \([^/ ]\)|    $repo_root/$tree/\1|"
}

# "HASH  PATH" of each file of the repository that a compiled source includes, generated ones too.
hashes() {
  includes | sed -n "s|^    \($repo_root/.*\)|\1|p" | sort -u | xargs -r -d '\n' sha256sum
}

# "SOURCE<tab>what its result depends on" for each compiled source. A source of two targets has one line for each.
dependencies() {
  awk -v root="$repo_root/" '
    FNR == 1 { part++ }
    part == 1 { hash[substr($0, 67)] = substr($0, 1, 64); next }
    part == 2 && /^  "command": / { command = $0; gsub(root, "", command) }
    part == 2 && /^  "file": / { split($0, quoted, "\""); flags[quoted[4]] = flags[quoted[4]] command }
    part == 2 { next }
    function finish() {
      if (source in hash) print substr(source, length(root) + 1) "\t" flags[source] material
      source = material = ""
    }
    /^[^ ]/ { finish() }
    /^    / {
      path = substr($0, 5)
      if (!source) source = path
      if (path in hash) material = material " " substr(path, length(root) + 1) ":" hash[path]
    }
    END { finish() }' <(hashes) "$tree/compile_commands.json" <(includes)
}

# "SOURCE KEY" for each of our compiled sources.
keys() {
  local salt source material key
  salt=$(cat .clang-tidy && clang-tidy --version && dpkg-query -W '*-dev' 'clang*')
  salt=$(sha256sum <<<"$salt")
  while IFS=$'\t' read -r source material; do
    key=$(sha256sum <<<"$salt$material")
    printf '%s %s\n' "$source" "${key%% *}"
  done < <(dependencies | sort -u)
}

if [[ ${1:-} == --one ]]; then
  cd "$repo_root"
  tidy_one "$2" "$3"
  exit
fi
mapfile -t sources
cd "$repo_root"
mkdir -p "$clean_dir"
find "$clean_dir" -type f -mtime +30 -delete
declare -A key_of
while read -r source key; do key_of[$source]=$key; done < <(keys)
todo=()
for source in "${sources[@]}"; do
  [[ -n ${key_of[$source]:-} ]] ||
    die "$exit_failed" "$source is not compiled in $tree, so clang-tidy cannot examine it." \
      "Remedy: name it in its CMakeLists.txt, or remove it."
  [[ -e $clean_dir/${key_of[$source]} ]] || todo+=("$source ${key_of[$source]}")
done
[[ ${#todo[@]} -eq 0 ]] ||
  printf '%s\n' "${todo[@]}" | xargs -P "$jobs" -L 1 "$BASH" "${BASH_SOURCE[0]}" --one
