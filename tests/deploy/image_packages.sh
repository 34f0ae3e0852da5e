#!/usr/bin/env bash
# usage: image_packages.sh PROGRAM...
# The run-time stage of deploy/docker/Dockerfile installs the packages of the shared libraries that the programs were
# linked with, and no other ones.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# Part of every Debian image; and what is not a library: certificates, and the file that tells libldap of them.
readonly in_every_image="libc6 libgcc-s1 libstdc++6" not_libraries="ca-certificates libldap-common"

installed_in_image() {
  sed -n '/ AS runtime$/,/^USER/p' "$root/deploy/docker/Dockerfile" | tr -d '\134' | tr -s ' \n' ' ' |
    sed -n 's/.*--no-install-recommends \([^&]*\)&&.*/\1/p' | tr ' ' '\n' | grep .
}

# packages_of_libraries PROGRAM...
packages_of_libraries() {
  local library packages
  for library in $(readelf -d "$@" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort -u); do
    # Where the loader looks: some packages bring a copy for themselves in a folder below.
    packages=$(dpkg-query -S "*-linux-gnu/$library") || {
      echo "FAILED: no Debian package has $library" >&2
      return 1
    }
    head -n 1 <<<"$packages" | cut -d: -f1
  done
}

difference() { comm "$1" <(tr ' ' '\n' <<<"$2" | sort -u) <(tr ' ' '\n' <<<"$3" | sort -u) | tr '\n' ' '; }

listed=$(installed_in_image | tr '\n' ' ')
needed=$(packages_of_libraries "$@" | tr '\n' ' ')
missing=$(difference -23 "${needed% }" "${listed% } $in_every_image")
unneeded=$(difference -13 "${needed% } $not_libraries" "${listed% }")
[[ -z $missing ]] || echo "FAILED: the run-time stage of deploy/docker/Dockerfile lacks: $missing" >&2
[[ -z $unneeded ]] || echo "FAILED: no program needs these packages of the run-time stage: $unneeded" >&2
[[ -z $missing$unneeded ]] || exit 1
echo "the run-time stage installs what the programs need: $listed"
