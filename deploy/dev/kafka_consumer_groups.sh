#!/usr/bin/env bash
# Kafka's own kafka-consumer-groups.sh, of the version that the tests run: what lag tools see.
#   deploy/dev/kafka_consumer_groups.sh --bootstrap-server 127.0.0.1:9092 --describe --group entstream.lycees

# shellcheck source=deploy/dev/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

tools=$("$repo_root/deploy/dev/kafka.sh" tools)
exec java -Xlog:cds=off -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dorg.slf4j.simpleLogger.defaultLogLevel=error \
  -cp "$kafka_jars/*:$tools/*" org.apache.kafka.tools.consumer.group.ConsumerGroupCommand "$@"
