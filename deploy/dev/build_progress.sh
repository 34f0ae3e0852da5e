# Sourced by build.sh: how far ninja is, for whoever looks at a pipe or a file instead of a terminal.
# shellcheck shell=bash

# At least this long between two lines of progress.
readonly progress_seconds=${ENTSTREAM_PROGRESS_SECONDS:-5}

# show_progress LOG: copies ninja's output from the input to LOG, and says on the error output every few seconds how much
# of it is done, also while one long step is under way.
show_progress() {
  local line="" part status done_steps=0 all_steps=0 started shown now
  started=$(now_ms)
  shown=$started
  while true; do
    status=0
    IFS= read -r -t "$progress_seconds" part || status=$?
    line+=$part
    # Beyond 128 the time is over: what has come of a line is kept.
    if ((status <= 128)); then
      if ((status == 0)) || [[ -n $line ]]; then printf '%s\n' "$line" >>"$1"; fi
      if [[ $line =~ ^\[([0-9]+)/([0-9]+)\] ]]; then
        done_steps=${BASH_REMATCH[1]} all_steps=${BASH_REMATCH[2]}
      fi
      line=""
      ((status == 0)) || return 0
    fi
    now=$(now_ms)
    ((all_steps > 0 && now - shown >= progress_seconds * 1000)) || continue
    shown=$now
    warn "build: $((done_steps * 100 / all_steps)) % ($done_steps of $all_steps steps) after $(((now - started) / 1000)) s"
  done
}
