#!/usr/bin/env bash
# docker-compose.yml against the schema that Debian's docker-compose carries, and its names against each other. No
# container engine is needed.

# shellcheck source=deploy/dev/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

[[ -n $(type -P docker-compose) ]] ||
  die "$exit_missing" "compose: 'docker-compose' is missing. Remedy: deploy/dev/packages.sh lint"
cd "$repo_root"
docker-compose --file docker-compose.yml config --quiet
say "compose: docker-compose.yml obeys its schema"
docker-compose --file docker-compose.yml config | python3 deploy/dev/checks.d/compose_names.py "$repo_root"
