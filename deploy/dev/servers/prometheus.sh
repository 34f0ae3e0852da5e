# Sourced by servers.sh: Prometheus with the rules of deploy/prometheus, and node_exporter for the disk of Kafka's log.
# Only with "up --observe". Who is asked stands in $dir/prometheus/targets/, which Prometheus reads again when it changes: in
# producer.yml and consumer.yml at first the default ports of the two programs.
# shellcheck shell=bash

prometheus_url() { printf 'http://127.0.0.1:%s\n' "$(port_of prometheus)"; }

prometheus_remedy() { say "what it says about its configuration there; otherwise look for a full disk."; }

target_file() { printf '%s/prometheus/targets/%s.yml\n' "$dir" "$1"; }

# write_target NAME ADDRESS
write_target() {
  mkdir -p "$dir/prometheus/targets"
  printf -- '- targets: ["%s"]\n' "$2" >"$dir/prometheus/$1.new"
  mv "$dir/prometheus/$1.new" "$(target_file "$1")"
}

# access_of JOB: how the job asks, where it is over TLS or with a password: the lines of $dir/prometheus/JOB.access.
access_of() { [[ ! -s $dir/prometheus/$1.access ]] || sed 's/^/    /' "$dir/prometheus/$1.access"; }

prometheus_config() {
  cat <<EOF
global:
  scrape_interval: 1s
  evaluation_interval: 1s
rule_files:
  - $repo_root/deploy/prometheus/entstream_recording.yml
  - $repo_root/deploy/prometheus/entstream_alerts.yml
scrape_configs:
  - job_name: entstream-producer
    file_sd_configs: [{ files: ["$(target_file producer)"] }]
$(access_of producer)
  - job_name: entstream-consumer
    file_sd_configs: [{ files: ["$(target_file consumer)"] }]
$(access_of consumer)
  - job_name: entstream-kafka-disk
    file_sd_configs: [{ files: ["$(target_file exporter)"] }]
    # As in deploy/prometheus/prometheus.yml: nothing but the file system that Kafka's log lies on.
    metric_relabel_configs:
      - source_labels: [__name__, mountpoint]
        regex: node_filesystem_(avail|size)_bytes;$(stat -c %m "$dir")
        action: keep
EOF
}

prometheus_prepare() {
  mkdir -p "$dir/prometheus/data"
  keep_port prometheus
  [[ -s $(target_file producer) ]] || write_target producer 127.0.0.1:9464
  [[ -s $(target_file consumer) ]] || write_target consumer 127.0.0.1:9465
  prometheus_config >"$dir/prometheus/prometheus.yml"
}

prometheus_launch() {
  launch prometheus prometheus --config.file="$dir/prometheus/prometheus.yml" --log.level=warn \
    --storage.tsdb.path="$dir/prometheus/data" --web.listen-address="127.0.0.1:$(port_of prometheus)"
}

# http_says_ok PORT PATH
http_says_ok() {
  local connection status=""
  { exec {connection}<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null || return 1
  printf 'GET %s HTTP/1.0\r\n\r\n' "$2" >&"$connection"
  read -rt 5 -u "$connection" status || true
  exec {connection}>&-
  [[ $status == *" 200 "* ]]
}

prometheus_answers() { http_says_ok "$(port_of prometheus)" /-/ready; }

prometheus_stop() { stop_server prometheus TERM; }

exporter_remedy() { say "it needs nothing but its port, which somebody may have taken."; }

exporter_prepare() {
  keep_port exporter
  write_target exporter "127.0.0.1:$(port_of exporter)"
}

# In a container the root is an overlay, which it would leave out.
exporter_launch() {
  launch exporter prometheus-node-exporter --web.listen-address="127.0.0.1:$(port_of exporter)" --log.level=error \
    --collector.disable-defaults --collector.filesystem --collector.filesystem.fs-types-exclude='^(proc|sysfs|cgroup2?|devpts)$'
}

exporter_answers() { http_says_ok "$(port_of exporter)" /; }

exporter_stop() { stop_server exporter TERM; }
