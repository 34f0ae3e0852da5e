# Sourced by build.sh and tidy.sh: one ninja at a time in a build tree, for two spoil its record of what is built.
# shellcheck shell=bash

# take_turn TREE WHO: waits, and says so, while another process has it. It ends with this process, or by end_turn.
take_turn() {
  mkdir -p "$1"
  exec {turn}>"$1/.turn"
  flock --nonblock "$turn" && return
  warn "$2: waits for another build in ${1#"$repo_root/"}"
  flock "$turn"
}

end_turn() { exec {turn}>&-; }
