# Sourced by servers.sh: OpenLDAP's slapd, an mdb database under $ldap_base with the syncprov overlay.
# The directory is empty at first. Two identities: the administrator (also of cn=config, whose changes last until the
# next restart), and a reader for entstream-producer, who sees everything but passwords and has no size limit.
# shellcheck shell=bash

readonly ldap_base=dc=ent,dc=example,dc=fr
readonly ldap_admin_dn="cn=admin,$ldap_base"
readonly ldap_bind_dn="cn=entstream,$ldap_base"

ldap_uri() { printf 'ldap://127.0.0.1:%s\n' "$(port_of ldap)"; }

ldap_remedy() {
  say "a schema of schemas/ldap/ that slapd refuses is named there with its line; otherwise look for a full disk."
}

# ldap_config DATA_DIR: slapd.conf.
ldap_config() {
  local schema
  for schema in /etc/ldap/schema/{core,cosine,inetorgperson}.schema "$repo_root"/schemas/ldap/*.schema; do
    [[ ! -e $schema ]] || printf 'include "%s"\n' "$schema"
  done
  cat <<EOF
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload back_null
moduleload syncprov
loglevel none

database config
rootdn "$ldap_admin_dn"

# Defines the reader: the root identity of a database without entries.
database null
suffix "$ldap_bind_dn"
rootdn "$ldap_bind_dn"
rootpw $ldap_bind_password

database mdb
suffix "$ldap_base"
rootdn "$ldap_admin_dn"
rootpw $ldap_admin_password
directory "$1"
maxsize 4294967296
# Safe against the crash of slapd, not of the machine.
dbnosync
index objectClass,uid,member,entryUUID,entryCSN eq
limits dn.exact="$ldap_bind_dn" size=unlimited time=unlimited
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="$ldap_bind_dn" read by users read by * none
overlay syncprov
syncprov-checkpoint 100 1
syncprov-sessionlog 10000
EOF
}

ldap_prepare() {
  mkdir -p "$dir/ldap/data"
  keep_port ldap
  ldap_config "$dir/ldap/data" >"$dir/ldap/slapd.conf"
  printf '%s' "$ldap_admin_password" >"$dir/ldap/admin.password"
}

ldap_launch() {
  # slapd makes tables as long as the limit of open files, which containers set to a thousand million.
  (($(ulimit -Sn) <= 4096)) || ulimit -Sn 4096
  launch ldap slapd -h "$(ldap_uri)" -f "$dir/ldap/slapd.conf" -d none
}

ldap_answers() {
  ldapwhoami -x -H "$(ldap_uri)" -D "$ldap_admin_dn" -y "$dir/ldap/admin.password" -o nettimeout=2 &>/dev/null
}

ldap_stop() { stop_server ldap TERM; }

# ldap_add FOLDER FILE: a new database with the content of FILE.
ldap_add() {
  rm -rf "$1"
  mkdir "$1"
  ldap_config "$1" >"$dir/ldap/load.conf"
  slapadd -q -w -b "$ldap_base" -f "$dir/ldap/load.conf" -l "$2" >"$dir/log/load-ldif.log" 2>&1
}

# ldap_load FILE: makes FILE the whole content of the directory. The old content stays when FILE is refused.
ldap_load() {
  local fresh="$dir/ldap/data.new" status=0
  ldap_add "$fresh" "$1" || status=$?
  # slapadd 2.5 ends now and then by a signal ("double free or corruption"), whatever it loads.
  if ((status > 128)); then
    status=0
    ldap_add "$fresh" "$1" || status=$?
  fi
  if ((status != 0)); then
    tail -n 20 "$dir/log/load-ldif.log" >&2
    rm -rf "$fresh"
    warn "servers: $1 was not loaded: slapadd refuses it (above); the directory is as it was." \
      "Remedy: correct the entry named above, or add its schema to schemas/ldap/."
    return 1
  fi
  ldap_stop
  rm -rf "$dir/ldap/data"
  mv "$fresh" "$dir/ldap/data"
}
