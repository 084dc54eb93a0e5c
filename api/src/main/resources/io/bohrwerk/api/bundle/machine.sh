# shellcheck shell=bash disable=SC2034
# What replay.sh and debug.sh both need: the facts of this failure, and how to talk to its emulator. Not to be run by itself.

# --- the facts, as manifest.json has them ---
@FACTS@
# --- the rest is the same for every failure ---

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
work=
qemu_pid=
reader_pid=
# Seconds that a replay may take before it is killed.
limit=${LIMIT:-1200}

say() { printf '%s\n' "$*"; }
fail() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

# Ends the emulator whatever it does: a hung one ignores SIGTERM.
end_qemu() {
  local pid=$qemu_pid n
  qemu_pid=
  if [ -n "$pid" ]; then
    kill -TERM "$pid" 2>/dev/null
    for ((n = 0; n < 50; n++)); do
      kill -0 "$pid" 2>/dev/null || break
      sleep 0.1
    done
    kill -KILL "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
  fi
  if [ -n "$reader_pid" ]; then
    # It ends when the emulator has closed its end.
    for ((n = 0; n < 50; n++)); do
      kill -0 "$reader_pid" 2>/dev/null || break
      sleep 0.1
    done
    kill -KILL "$reader_pid" 2>/dev/null
    wait "$reader_pid" 2>/dev/null
    reader_pid=
  fi
}

clean_up() {
  end_qemu
  [ -z "$work" ] || rm -rf -- "$work"
}

# What was not seen to replay when it was found is said first, so that nobody takes its end for the failure's.
warn_unverified() {
  [ "$verified" != VERIFIED ] || return 0
  case $verified in
    DIVERGED) say 'NOT VERIFIED: when this failure was found, its replay did not go the same way as the run.' ;;
    *) say 'NOT VERIFIED: when this failure was found, it was not replayed.' ;;
  esac
  [ -z "$verified_note" ] || say "  $verified_note"
  say '  What it replays to here may be something else.'
}

# A run is repeated by the very version that made it, or not at all.
check_version() {
  command -v "$binary" >/dev/null ||
    fail "$binary is not here; on Debian: sudo apt-get install qemu-system-x86"
  local found
  found="$binary: $("$binary" --version | head -n 1)"
  if [ "$found" != "$emulator" ]; then
    say "made by:     $emulator"
    say "found here:  $found"
    [ "${FORCE:-}" = 1 ] ||
      fail 'another version may replay it wrongly, so it is refused. FORCE=1 tries it all the same.'
    say 'trying it all the same, as FORCE=1 says'
  fi
}

check_files() {
  (cd "$here" && sha256sum --quiet --check SHA256SUMS) >&2 ||
    fail 'the bundle is damaged: the files named above are not what was packed'
}

# A directory with what the emulator finds under fixed names. QEMU writes into its disk of snapshots, so that is a copy.
lay_out() { # IMAGE
  work=$(mktemp -d "${TMPDIR:-/tmp}/bohrwerk-XXXXXX")
  local i
  [ -z "$kernel" ] || ln -s "$here/target/$kernel" "$work/kernel"
  [ -z "$initrd" ] || ln -s "$here/target/$initrd" "$work/initrd"
  [ "$again" != REPLAY ] || ln -s "$here/recording.rr" "$work/recording.rr"
  for ((i = 0; i < ${#disks[@]}; i++)); do
    ln -s "$here/target/${disks[i]}" "$work/disk$i"
  done
  cp -- "$here"/config/*.cfg "$work/"
  # A guest that is driven over its serial console has read what started the batch when it goes on from a later snapshot.
  if [ -e "$here/config/serial.in" ]; then
    : >"$work/serial.in"
    [ "$1" != ready.qcow2 ] || cp -- "$here/config/serial.in" "$work/"
    : >"$work/serial.log"
    ln -s serial.log "$work/serial.out"
  fi
  cp --reflink=auto -- "$here/$1" "$work/state.qcow2"
  mkfifo "$work/merged.fifo"
  cat "$work/merged.fifo" >"$work/merged.log" &
  reader_pid=$!
}

# Starts the emulator from a snapshot, standing still, with QEMU's machine protocol on a pair of pipes.
start_qemu() { # SNAPSHOT [OPTION...]
  trap '' PIPE
  local snapshot=$1
  shift
  # In a process group of its own: ctrl-C is for gdb.
  set -m
  coproc QEMU { cd "$work" && exec "${qemu[@]}" -loadvm "$snapshot" -S -qmp stdio "$@" 2>qemu.err; }
  set +m
  qemu_pid=$QEMU_PID
  exec {from_qemu}<&"${QEMU[0]}" {to_qemu}>&"${QEMU[1]}"
  qmp '{"execute": "qmp_capabilities"}'
}

# Sends a command; its answer is in $answer.
qmp() { # JSON
  printf '%s\n' "$1" >&"$to_qemu" 2>/dev/null || died
  while read -r -t 60 answer <&"$from_qemu"; do
    case $answer in
      '{"return"'*) return 0 ;;
      '{"error"'*) fail "QEMU refused $1: $answer" ;;
    esac
  done
  died
}

died() {
  sleep 0.5
  fail "QEMU ended, or no longer answers: $(cat "$work/qemu.err" 2>/dev/null)"
}

# The emulator's instruction count.
instructions() {
  qmp '{"execute": "query-replay"}'
  sed -n 's/.*"icount": \([0-9]*\).*/\1/p' <<<"$answer"
}

await_stop() {
  local end=$((SECONDS + limit))
  while qmp '{"execute": "query-status"}' && [[ $answer == *'"running": true'* ]]; do
    [ "$SECONDS" -lt "$end" ] || fail "the replay did not stop within $limit s; LIMIT=SECONDS gives it longer"
    sleep 0.1
  done
}

go_to() { # INSTRUCTION
  qmp "{\"execute\": \"replay-break\", \"arguments\": {\"icount\": $1}}"
  qmp '{"execute": "cont"}'
  await_stop
}

# Without a recording QEMU cannot stop at an instruction, so the machine is stopped some time after it.
run_past() { # INSTRUCTION
  local end=$((SECONDS + limit)) now
  qmp '{"execute": "cont"}'
  while now=$(instructions) && [ "$now" -lt "$1" ]; do
    qmp '{"execute": "query-status"}'
    [[ $answer == *'"running": true'* ]] || return 0
    [ "$SECONDS" -lt "$end" ] || fail "the run did not come to its end within $limit s; LIMIT=SECONDS gives it longer"
    sleep 0.1
  done
  qmp '{"execute": "stop"}'
}

# To where the run stopped.
go_to_end() {
  if [ "$stopped_by_guest" = yes ]; then
    qmp '{"execute": "cont"}'
    await_stop
  elif [ "$again" = RUN ]; then
    run_past "$last"
  else
    go_to "$last"
  fi
}

log() { # CLASSES
  qmp "{\"execute\": \"human-monitor-command\", \"arguments\": {\"command-line\": \"log $1\"}}"
}
