#!/usr/bin/env bash
# Configures and builds build/PRESET:  deploy/dev/build.sh [PRESET [TARGET...]]
# PRESET: release (default), debug, asan or tsan of CMakePresets.json. Quiet when all goes well.

# shellcheck source=deploy/dev/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=deploy/dev/build_progress.sh
source "$repo_root/deploy/dev/build_progress.sh"
# shellcheck source=deploy/dev/build_turn.sh
source "$repo_root/deploy/dev/build_turn.sh"

preset=${1:-release}
targets=("${@:2}")
tree="$repo_root/build/$preset"

configure() {
  local options=()
  [[ -z $(type -P ccache) ]] || options+=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  cmake --preset "$preset" ${options[@]+"${options[@]}"}
}

# On a terminal ninja shows its one line of progress; elsewhere a line every few seconds says how far it is, and its
# output is shown only when it fails.
compile() {
  local command=(cmake --build "$tree" --parallel "$jobs")
  [[ ${#targets[@]} -eq 0 ]] || command+=(--target "${targets[@]}")
  if [[ -t 2 ]]; then "${command[@]}" >&2; else "${command[@]}" 2>&1 | show_progress "$log"; fi
}

failed() {
  cat "$log" >&2
  die "$exit_failed" "build: $1 (see above)." "Remedy: $2"
}

cd "$repo_root"
# Another clone of the same sources finds in ccache what this one compiled.
export CCACHE_BASEDIR=$repo_root CCACHE_NOHASHDIR=1
grep -q "\"name\": \"$preset\"" CMakePresets.json ||
  die "$exit_usage" "build: there is no preset '$preset'. Remedy: release, debug, asan or tsan."
started=$(now_ms)
log=$(mktemp)
trap 'rm -f "$log"' EXIT
trap 'exit $exit_interrupted' INT TERM HUP
# Whatever the user's environment says: the lines that show_progress reads.
unset NINJA_STATUS

take_turn "$tree" build
# A changed preset is not noticed by CMake itself.
if [[ ! -e $tree/build.ninja || CMakePresets.json -nt $tree/build.ninja ]]; then
  configure &>"$log" ||
    failed "CMake could not configure build/$preset" "deploy/dev/packages.sh build installs what is missing."
fi
compile || failed "build/$preset does not compile" "correct the first error."
warn "build: build/$preset is up to date after $(seconds_since "$started") s"
