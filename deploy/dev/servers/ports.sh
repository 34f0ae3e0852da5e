# Sourced by servers.sh: free loopback ports, chosen once and kept in files of $dir.
# shellcheck shell=bash

# Below the kernel's range for outgoing connections, so that none of those takes the port of a stopped server.
readonly first_port=20000 port_count=12000

port_is_used() {
  local hex
  printf -v hex '%04X' "$1"
  cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -q "^ *[0-9]*: [0-9A-F]*:$hex "
}

free_port() {
  local port
  for _ in {1..200}; do
    port=$((first_port + SRANDOM % port_count))
    port_is_used "$port" || {
      printf '%s\n' "$port"
      return
    }
  done
  warn "servers: found no free port between $first_port and $((first_port + port_count - 1))."
  return 1
}

# port_of NAME: the port chosen for a server ("kafka-controller" is the second one of Kafka).
port_of() { cat "$dir/run/$1.port"; }

# keep_port NAME: chooses one unless that was done before.
keep_port() { [[ -s $dir/run/$1.port ]] || move_port "$1"; }

move_port() { free_port >"$dir/run/$1.port"; }
