#!/usr/bin/env bash
# Installs the Debian 12 packages that are missing; touches nothing when none is.
#   deploy/dev/packages.sh [build] [servers] [lint]      without a name: all three groups
#   deploy/dev/packages.sh --list [GROUP...]             prints their names only

# shellcheck source=deploy/dev/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

readonly build_packages=(g++ cmake ninja-build ccache pkg-config
  libldap-dev librdkafka-dev libpqxx-dev libpq-dev libprotobuf-dev protobuf-compiler libspdlog-dev libfmt-dev
  libcli11-dev libtomlplusplus-dev libexpected-dev nlohmann-json3-dev libicu-dev libjemalloc-dev libxxhash-dev libre2-dev
  libcpp-httplib-dev libssl-dev prometheus-cpp-dev uuid-dev zlib1g-dev libgtest-dev libgmock-dev)
# What the tests need to run. maven brings the Java runtime that Kafka needs; PHP runs the plugin of deploy/moodle.
readonly servers_packages=(slapd ldap-utils 389-ds-base postgresql-15 maven kcat openssl php-cli php-pgsql
  prometheus prometheus-node-exporter python3-jsonschema python3-yaml)
# Those whose service would be started now and at every start of the machine.
readonly disabled_services=(slapd prometheus prometheus-node-exporter)
readonly lint_packages=(git clang-format clang-tidy shellcheck docker-compose)

# packages_of GROUP
packages_of() {
  case $1 in
    build) printf '%s\n' "${build_packages[@]}" ;;
    servers) printf '%s\n' "${servers_packages[@]}" ;;
    lint) printf '%s\n' "${lint_packages[@]}" ;;
    *) die "$exit_usage" "packages: unknown group '$1'. Remedy: name build, servers or lint." ;;
  esac
}

is_installed() { [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }

# --- as root -----------------------------------------------------------------------------------------------------
# slapd, postgresql-15 and Prometheus would set up and start a service of the system. We want their programs only: the
# services get no configuration, are not started, and the settings that achieve it are taken back afterwards.

readonly policy=/usr/sbin/policy-rc.d
readonly cluster_settings=/etc/postgresql-common/createcluster.conf
readonly cluster_default=/usr/share/postgresql-common/createcluster.conf

keep_services_off() {
  if [[ ! -e $policy ]]; then
    made_policy=yes
    printf '%s\n' '#!/bin/sh' '# Removed again by entstream.' \
      'case "$*" in *slapd* | *postgresql* | *prometheus*) exit 101 ;; esac' 'exit 0' >"$policy"
    chmod 755 "$policy"
  fi
  local service
  for service in "${disabled_services[@]}"; do
    is_installed "$service" || [[ $service == slapd ]] || new_services+=("$service")
  done
  if ! is_installed slapd && [[ ! -e /etc/ldap/slapd.d && ! -e /etc/ldap/slapd.conf ]]; then
    new_services+=(slapd)
    echo 'slapd slapd/no_configuration boolean true' | debconf-set-selections
  fi
  if ! is_installed postgresql-15; then
    new_postgresql=yes
    mkdir -p "${cluster_settings%/*}"
    [[ ! -e $cluster_settings ]] || cp -p "$cluster_settings" "$saved/createcluster.conf"
    echo 'create_main_cluster = false' >>"$cluster_settings"
  fi
}

restore_services() {
  [[ $made_policy == no ]] || rm -f "$policy"
  local service
  for service in "${new_services[@]}"; do
    ! is_installed "$service" || update-rc.d "$service" disable >/dev/null || true
  done
  if [[ $new_postgresql == yes ]]; then
    if [[ -e $saved/createcluster.conf ]]; then
      cp -p "$saved/createcluster.conf" "$cluster_settings"
    elif [[ -e $cluster_default ]]; then
      cp "$cluster_default" "$cluster_settings"
    else
      rm -f "$cluster_settings"
    fi
    # What the package would have put there instead of ours.
    rm -f "$cluster_settings.ucf-dist"
  fi
  rm -rf "$saved"
}

# apt_get ARGUMENT...: its output is shown only when it fails.
apt_get() {
  UCF_FORCE_CONFFOLD=1 apt-get -q -o DPkg::Lock::Timeout=600 "$@" </dev/null >>"$saved/apt.log" 2>&1 || {
    tail -n 30 "$saved/apt.log" >&2
    die "$exit_failed" "packages: apt-get $1 failed (the end of its output is above)." \
      "Remedy: cure what it names (network, /etc/apt/sources.list, a held package), then run it again."
  }
}

install_as_root() {
  export DEBIAN_FRONTEND=noninteractive
  made_policy=no new_services=() new_postgresql=no
  saved=$(mktemp -d)
  trap restore_services EXIT
  trap 'exit $exit_interrupted' INT TERM HUP
  keep_services_off
  apt_get update
  apt_get install -y --no-install-recommends "$@"
}

# --- as anybody --------------------------------------------------------------------------------------------------

install_missing() {
  local package missing=() started
  for package in "$@"; do is_installed "$package" || missing+=("$package"); done
  [[ ${#missing[@]} -gt 0 ]] || return 0
  [[ -n $(type -P apt-get) ]] ||
    die "$exit_missing" "packages: this is no Debian (apt-get is missing). Install the like of: ${missing[*]}"
  warn "packages: entstream is built and tested with Debian's own packages; missing here: ${missing[*]}"
  started=$(now_ms)
  if is_root; then
    warn "packages: installing them with apt-get (no service is set up or started; this takes a few minutes)."
    (install_as_root "${missing[@]}")
  else
    [[ -n $(type -P sudo) ]] || no_root "${missing[@]}"
    warn "packages: installing them with sudo apt-get (no service is set up or started; this takes a few minutes)."
    sudo -n true 2>/dev/null || sudo -v || no_root "${missing[@]}"
    sudo -- "$BASH" "${BASH_SOURCE[0]}" --as-root "${missing[@]}"
  fi
  warn "packages: installed in $(seconds_since "$started") s"
}

no_root() {
  die "$exit_missing" "packages: neither root nor sudo may be used here. Remedy: have an administrator run this once:" \
    "  apt-get update && apt-get install --no-install-recommends $*"
}

action=install_missing
case ${1:-} in
  --list)
    action=say
    shift
    ;;
  --as-root)
    shift
    install_as_root "$@"
    exit
    ;;
esac
[[ $# -gt 0 ]] || set -- build servers lint
names=""
for group in "$@"; do names+=" $(packages_of "$group")" || exit; done
# shellcheck disable=SC2086
$action $names
