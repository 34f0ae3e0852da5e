#!/usr/bin/env bash
# Makes the passwords of docker-compose.yml: one file each in deploy/docker/secrets (or in the folder given), random
# unless the file is there already.
set -euo pipefail

folder=${1:-$(dirname "${BASH_SOURCE[0]}")/secrets}
mkdir -p "$folder"
# The containers' users must read the files, and nobody else may: hence the folder, which the containers do not see.
chmod 700 "$folder"
for name in ldap_admin_password ldap_bind_password postgres_password moodle_db_password grafana_admin_password; do
  file="$folder/$name"
  if [[ -s $file ]]; then
    echo "kept $file"
  else
    od -An -N24 -tx1 /dev/urandom | tr -d ' \n' >"$file"
    echo "made $file"
  fi
  chmod 444 "$file"
done
