# Sourced by servers.sh: one Apache Kafka node (KRaft, broker and controller in one process).
# shellcheck shell=bash

readonly kafka_jvm=(-Xlog:cds=error -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData)
# Of all loggers at "info" only the one that tells of the start.
readonly kafka_logging=(
  -Dorg.slf4j.simpleLogger.defaultLogLevel=warn
  -Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info
  -Dorg.slf4j.simpleLogger.showDateTime=true
  '-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd HH:mm:ss.SSS'
)

# A class-data archive, made by the first broker that ends in peace, halves the work of every later start. A JVM that
# cannot use it (another version) starts without it.
readonly kafka_archive="$kafka_jars.jsa"
kafka_own_archive() { printf '%s/kafka/classes.jsa\n' "$dir"; }

kafka_archive_option() {
  if [[ -e $kafka_archive ]]; then
    printf -- '-XX:SharedArchiveFile=%s\n' "$kafka_archive"
  else
    printf -- '-XX:ArchiveClassesAtExit=%s\n' "$(kafka_own_archive)"
  fi
}

kafka_bootstrap() { printf '127.0.0.1:%s\n' "$(port_of kafka)"; }

kafka_remedy() { say "it needs about 400 MB of memory and Java 17 or later (java -version)."; }

# What `up` was asked for beside the listener of servers.env; kept for later starts.
kafka_listeners_file() { printf '%s/run/kafka.listeners\n' "$dir"; }   # lines NAME:PROTOCOL:PORT:ADVERTISED_PORT
kafka_properties_file() { printf '%s/run/kafka.properties\n' "$dir"; } # lines of server.properties
kafka_accounts_file() { printf '%s/run/kafka.accounts\n' "$dir"; }     # lines NAME=PASSWORD, of SCRAM-SHA-512

# kafka_more_listeners FORMAT: each further listener, with a comma before it. %N, %P, %L, %A in FORMAT are its name,
# protocol, port and advertised port.
kafka_more_listeners() {
  local name protocol port advertised text
  [[ -e $(kafka_listeners_file) ]] || return 0
  while IFS=: read -r name protocol port advertised; do
    text=${1//%N/$name} text=${text//%P/$protocol} text=${text//%L/$port}
    printf ',%s' "${text//%A/$advertised}"
  done <"$(kafka_listeners_file)"
}

kafka_config() {
  local port controller
  port=$(port_of kafka) controller=$(port_of kafka-controller)
  cat <<EOF
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$controller
controller.listener.names=CONTROLLER
listeners=CLIENT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$controller$(kafka_more_listeners '%N://127.0.0.1:%L')
advertised.listeners=CLIENT://127.0.0.1:$port$(kafka_more_listeners '%N://127.0.0.1:%A')
inter.broker.listener.name=CLIENT
listener.security.protocol.map=CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT$(kafka_more_listeners '%N:%P')
log.dirs=$dir/kafka/data
# After a SIGKILL the restarted broker waits for the end of its former session.
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
num.network.threads=2
num.io.threads=4
default.replication.factor=1
min.insync.replicas=1
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
log.cleaner.backoff.ms=200
EOF
  [[ ! -e $(kafka_properties_file) ]] || cat "$(kafka_properties_file)"
}

kafka_prepare() {
  local properties="$dir/kafka/server.properties" account accounts=()
  mkdir -p "$dir/kafka"
  keep_port kafka
  keep_port kafka-controller
  kafka_config >"$properties"
  [[ ! -e $dir/kafka/formatted ]] || return 0
  rm -rf "$dir/kafka/data"
  if [[ -e $(kafka_accounts_file) ]]; then
    while read -r account; do
      accounts+=(--add-scram "SCRAM-SHA-512=[name=${account%%=*},password=${account#*=}]")
    done <"$(kafka_accounts_file)"
  fi
  java -XX:SharedArchiveFile="$kafka_archive" "${kafka_jvm[@]}" "${kafka_logging[@]}" -cp "$kafka_jars/*" kafka.tools.StorageTool \
    format -t "$kafka_cluster_id" -c "$properties" ${accounts[@]+"${accounts[@]}"} >>"$(log_of kafka)" 2>&1 || return 1
  touch "$dir/kafka/formatted"
}

kafka_launch() {
  # Only what this start writes counts for kafka_answers.
  kafka_log_offset=$(stat -c %s "$(log_of kafka)")
  launch kafka java "$(kafka_archive_option)" -Xms128m -Xmx384m "${kafka_jvm[@]}" "${kafka_logging[@]}" \
    -cp "$kafka_jars/*" kafka.Kafka "$dir/kafka/server.properties"
}

kafka_answers() { tail -c "+$((kafka_log_offset + 1))" "$(log_of kafka)" | grep -q 'Kafka Server started'; }

kafka_stop() {
  local fresh="$kafka_archive.$BASHPID"
  stop_server kafka TERM || return 1
  [[ -s $(kafka_own_archive) && $was_killed == no ]] || return 0
  mv -f "$(kafka_own_archive)" "$fresh" && mv -f "$fresh" "$kafka_archive"
}
