#!/usr/bin/env bash
# Entry point of the image "ldap": slapd with the configuration of ./dev demo's server and, at the first start, the
# region as the content of the directory.
#   LDAP_ADMIN_PASSWORD_FILE, LDAP_BIND_PASSWORD_FILE   the passwords of the administrator and of entstream's reader
#   LDAP_HOME (/var/lib/entstream-ldap)                 the data, to be kept in a volume
#   LDAP_LISTEN (ldap://:1389)                          where slapd listens
#   LDAP_LDIF (region.ldif of the image)                what the first start loads
set -euo pipefail

repo_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
PATH="$PATH:/usr/sbin"
# shellcheck source=deploy/dev/servers/ldap.sh
source "$repo_root/deploy/dev/servers/ldap.sh"

die() {
  printf 'ldap: %s\n' "$@" >&2
  exit 1
}

# hash_of VARIABLE: the hash of the password in the file that VARIABLE names; a line break at its end does not count.
hash_of() {
  local file=${!1:-} password
  [[ -n $file ]] || die "the variable $1 is not set. Remedy: let it name a file that holds the password."
  password=$(cat "$file" 2>/dev/null) || true
  [[ -n $password ]] ||
    die "$1: the file $file cannot be read or is empty. Remedy: deploy/docker/secrets.sh makes it."
  slappasswd -n -T <(printf '%s' "$password")
}

# load DATA_DIR: all or nothing, so that a start that was cut off is simply repeated.
load() {
  local fresh="$1.new"
  rm -rf "$fresh"
  mkdir "$fresh"
  ldap_config "$fresh" >"$dir/load.conf"
  slapadd -q -w -b "$ldap_base" -f "$dir/load.conf" -l "$ldif" || die "slapadd refuses $ldif (its reason is above)."
  rm "$dir/load.conf"
  mv "$fresh" "$1"
}

dir=${LDAP_HOME:-/var/lib/entstream-ldap}
ldif=${LDAP_LDIF:-$repo_root/region.ldif}
umask 077
# Two lines: the failure of either ends the script.
ldap_admin_password=$(hash_of LDAP_ADMIN_PASSWORD_FILE)
ldap_bind_password=$(hash_of LDAP_BIND_PASSWORD_FILE)
[[ -d $dir/data ]] || load "$dir/data"
ldap_config "$dir/data" >"$dir/slapd.conf"
# slapd makes tables as long as the limit of open files, which container engines set to a thousand million.
(($(ulimit -Sn) <= 4096)) || ulimit -Sn 4096
exec slapd -h "${LDAP_LISTEN:-ldap://:1389}" -f "$dir/slapd.conf" -d none
