#!/usr/bin/env bash
# Puts the jars of one Apache Kafka broker into the user's cache and prints their folder; kafka.sh tools: the jar of its
# command line tools, which works beside them.
# Maven resolves them (kafka/pom.xml); a jar whose SHA-256 is not the one in kafka/jars.sha256 is refused.

# shellcheck source=deploy/dev/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

readonly dependency_plugin=org.apache.maven.plugins:maven-dependency-plugin:3.8.1
if [[ ${1:-} == tools ]]; then
  readonly pom_dir="$repo_root/deploy/dev/kafka/tools" jars="$kafka_jars-tools" size=1
else
  readonly pom_dir="$repo_root/deploy/dev/kafka" jars="$kafka_jars" size=43
fi

jars_match() { (cd "$1" && sha256sum --quiet --check "$pom_dir/jars.sha256") >&2; }

resolve_jars() {
  local fresh=$1
  mvn -B -q --strict-checksums -f "$fresh/pom.xml" "$dependency_plugin:copy-dependencies" \
    -DoutputDirectory="$fresh/jars" -DincludeScope=runtime &>"$fresh/maven.log" || {
    # Without its colours.
    sed $'s/\e\\[[0-9;]*m//g' "$fresh/maven.log" >&2
    die $exit_failed "kafka: Maven could not fetch the jars of Kafka $kafka_version (its reason is above)." \
      "Remedy: check the network and your Maven settings (~/.m2/settings.xml, proxy or mirror), then run it again."
  }
  jars_match "$fresh/jars" ||
    die $exit_failed "kafka: a fetched jar differs from ${pom_dir#"$repo_root/"}/jars.sha256 (named above): not used." \
      "Remedy: remove ~/.m2/repository/org/apache/kafka and try again; if it stays, the repository served another file."
}

fetch() {
  local name started fresh
  for name in mvn java; do
    [[ -n $(type -P "$name") ]] ||
      die $exit_missing "kafka: '$name' is missing. Remedy: ./dev test installs it, or: deploy/dev/packages.sh servers"
  done
  started=$(now_ms)
  warn "kafka: fetching the jars of Apache Kafka $kafka_version with Maven ($size MB, once) into $jars"
  fresh=$(mktemp -d "$cache_root/kafka-XXXXXX")
  # shellcheck disable=SC2064
  trap "rm -rf '$fresh'" EXIT
  trap 'exit $exit_interrupted' INT TERM HUP
  # Maven would leave a target folder beside the pom.xml.
  cp "$pom_dir/pom.xml" "$fresh/"
  resolve_jars "$fresh"
  mv "$fresh/jars" "$jars"
  warn "kafka: fetched and checked in $(seconds_since "$started") s"
}

if [[ ! -d $jars ]]; then
  mkdir -p "$cache_root"
  # Two first runs at once: the second waits, then finds the jars.
  exec {lock}>"$cache_root/${jars##*/}.lock"
  flock "$lock"
  [[ -d $jars ]] || (fetch)
fi
say "$jars"
