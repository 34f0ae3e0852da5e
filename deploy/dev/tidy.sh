#!/usr/bin/env bash
# clang-tidy over the C++ files named on the input, one a line:  git ls-files '*.cpp' | deploy/dev/tidy.sh
# Most of its time goes into the headers of libraries, so it examines what build/release compiles: units of up to 16
# sources of one target. It takes some twenty seconds a unit, so what was found clean is remembered, in the user's cache:
# a unit is examined again when a source of it, a header of ours that it includes, its compiler flags, .clang-tidy or an
# installed library has changed.

# shellcheck source=deploy/dev/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=deploy/dev/build_turn.sh
source "$repo_root/deploy/dev/build_turn.sh"

readonly tree=build/release
readonly clean_dir="$cache_root/tidy"

# tidy_one UNIT KEY. A unit includes sources: that is no slip there.
tidy_one() {
  local output
  if output=$(clang-tidy -quiet -p "$tree" --checks=-bugprone-suspicious-include \
    --extra-arg=-Wno-unknown-warning-option "$1" 2>/dev/null); then
    touch "$clean_dir/$2"
  else
    printf '%s\n' "${output:-"$1: clang-tidy ended without a word. Remedy: clang-tidy -p $tree $1"}"
    return 1
  fi
}

# "UNIT<tab>COMMAND" for each file that the compiler is called for.
commands() {
  awk -v root="$repo_root/" '
    /^  "command": / { command = $0; gsub(root, "", command) }
    /^  "file": / { split($0, quoted, "\""); print quoted[4] "\t" command }' "$tree/compile_commands.json"
}

# "UNIT<tab>FILE" for each unit and each file of the repository that it includes, itself too, as ninja recorded it. All
# paths absolute: ccache makes some relative to the build tree.
includes() {
  ninja -C "$tree" -t deps | awk -v root="$repo_root/" -v tree="$repo_root/$tree/" '
    /^[^ ]/ { unit = "" }
    /^    / {
      path = substr($0, 5)
      if (sub(/^\.\.\/\.\.\//, root, path) == 0 && path !~ /^\//) path = tree path
      if (unit == "") unit = path
      if (index(path, root) == 1) print unit "\t" path
    }'
}

# "HASH  PATH" of each file of the repository that a unit includes, generated ones too.
hashes() { includes | cut -f 2 | sort -u | xargs -r -d '\n' sha256sum; }

# "UNIT<tab>what its result depends on". A unit of two targets has one line for each.
dependencies() {
  awk -F '\t' -v root="$repo_root/" '
    FNR == 1 { part++ }
    part == 1 { hash[substr($0, 67)] = substr($0, 1, 64); next }
    part == 2 { material[$1] = material[$1] $2; next }
    $1 in material { material[$1] = material[$1] " " substr($2, length(root) + 1) ":" hash[$2] }
    END { for (unit in material) print unit "\t" material[unit] }' <(hashes) <(commands) <(includes | sort -u)
}

# "UNIT KEY" for each unit.
keys() {
  local salt unit material key
  salt=$(cat .clang-tidy deploy/dev/tidy.sh && clang-tidy --version && dpkg-query -W '*-dev' 'clang*')
  salt=$(sha256sum <<<"$salt")
  while IFS=$'\t' read -r unit material; do
    key=$(sha256sum <<<"$salt$material")
    printf '%s %s\n' "$unit" "${key%% *}"
  done < <(dependencies)
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
declare -A units_of key_of wanted
take_turn "$repo_root/$tree" lint
while IFS=$'\t' read -r unit file; do
  [[ $file != *.cpp ]] || units_of[${file#"$repo_root/"}]+="$unit "
done < <(includes | sort -u)
while read -r unit key; do key_of[$unit]=$key; done < <(keys)
end_turn
for source in "${sources[@]}"; do
  [[ -n ${units_of[$source]:-} ]] ||
    die "$exit_failed" "$source is not compiled in $tree, so clang-tidy cannot examine it." \
      "Remedy: name it in its CMakeLists.txt, or remove it."
  for unit in ${units_of[$source]}; do wanted[$unit]=yes; done
done
todo=()
for unit in "${!wanted[@]}"; do
  [[ -e $clean_dir/${key_of[$unit]} ]] || todo+=("$unit ${key_of[$unit]}")
done
[[ ${#todo[@]} -eq 0 ]] ||
  printf '%s\n' "${todo[@]}" | sort | xargs -P "$jobs" -L 1 "$BASH" "${BASH_SOURCE[0]}" --one
