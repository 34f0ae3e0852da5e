# Sourced by every script of deploy/dev: strict mode, messages, exit codes, places.
# shellcheck shell=bash disable=SC2034 # what one script does not use another one does

set -euo pipefail
export LC_ALL=C.UTF-8
PATH="$PATH:/usr/sbin:/sbin"

# Exit codes of ./dev and of the scripts in deploy/dev.
readonly exit_failed=1 exit_usage=2 exit_missing=3 exit_interrupted=130

repo_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
readonly repo_root
readonly cache_root="${XDG_CACHE_HOME:-${HOME:-/var/tmp}/.cache}/entstream"
# Fetched by kafka.sh.
readonly kafka_version=4.2.0
readonly kafka_jars="$cache_root/kafka-$kafka_version"

# Processes at once when compiling, testing and checking.
readonly jobs="${ENTSTREAM_JOBS:-$(nproc)}"

# say, warn MESSAGE...: one line per argument, to the output or to the error output.
say() { printf '%s\n' "$@"; }
warn() { printf '%s\n' "$@" >&2; }

# die CODE MESSAGE...: one line of message per argument.
die() {
  local code=$1
  shift
  printf '%s\n' "$@" >&2
  exit "$code"
}

is_root() { [[ $EUID -eq 0 ]]; }

# Milliseconds since the epoch.
now_ms() { printf '%s\n' "$((${EPOCHREALTIME/[.,]/} / 1000))"; }

# seconds_since START_MS: "4.2"
seconds_since() {
  local ms=$(($(now_ms) - $1))
  printf '%d.%d\n' $((ms / 1000)) $((ms % 1000 / 100))
}

# random_hex BYTES
random_hex() { od -An -N"$1" -tx1 /dev/urandom | tr -d ' \n'; }
