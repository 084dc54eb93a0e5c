#!/usr/bin/env bash
# Makes this failure happen again from its batch's beginning and says whether it goes the same way. Needs bash, coreutils, sed, grep and QEMU.
set -uo pipefail
. "$(dirname -- "${BASH_SOURCE[0]}")/machine.sh"

usage() {
  cat <<'USAGE'
Usage: ./replay.sh [--log CLASSES [--all]]

Replays the recording to the failure, or runs the batch again where none was made (guests with several CPUs),
and compares console and instruction count with manifest.json.
  --log CLASSES   what QEMU logs on the way, as int or int,exec,nochain (qemu-system-i386 -d help tells all);
                  guest and emulator then stand in replayed/merged.log in the order in which they happened
  --all           log from the batch's beginning, and not just the failing iteration; always so without a recording
Exit status: 0 it went the same way, 1 it did not, or could not be replayed. FORCE=1 tries another version of QEMU.
USAGE
}

classes=
from=$before
while [ $# -gt 0 ]; do
  case $1 in
    --log)
      classes=${2:-}
      [[ $classes =~ ^[a-z_,]+$ ]] || fail "--log: '$classes' must be QEMU's names of log classes, divided by commas"
      shift
      ;;
    --all) from=$first ;;
    -h | --help)
      usage
      exit 0
      ;;
    *) fail "unknown: $1; --help tells what there is" ;;
  esac
  shift
done

trap clean_up EXIT
trap 'exit 130' INT TERM HUP
warn_unverified
check_version
check_files
say "failure $failure: iteration $iteration, $outcome"
verb=replayed
if [ "$again" = RUN ]; then
  verb='run again'
  from=$first
  say 'running the batch again: QEMU makes no recording of several CPUs'
else
  say "replaying $((last - first)) instructions from the snapshot 'ready'"
fi
lay_out ready.qcow2
start_qemu ready
now=$(instructions) || exit 1
[ "$now" = "$first" ] || fail "the snapshot stands at instruction $now instead of $first: it is another one"
if [ -n "$classes" ]; then
  [ "$from" -le "$first" ] || go_to "$from"
  log "$classes"
fi
go_to_end
now=$(instructions) || exit 1
end_qemu

rm -rf "$here/replayed"
mkdir -p "$here/replayed"
cp "$work/console.log" "$work/serial.log" "$work/merged.log" "$here/replayed/"
if [ "$again" = RUN ] && [ "$stopped_by_guest" = no ] && [ -n "$said" ]; then
  # In the run the host stopped the machine some time after its failure. What was printed until then is no part of it.
  if cat "$work/console.log" "$work/serial.log" | grep -aqF -e "$said"; then
    say "run again: the guest said the same: $said"
    exit 0
  fi
  say "run again to instruction $now: NOT the same, the guest did not say: $said"
  exit 1
fi
same=yes
if [ "$now" != "$last" ] && { [ "$again" = REPLAY ] || [ "$stopped_by_guest" = yes ]; }; then
  say "it stopped at instruction $now instead of $last"
  same=no
fi
compare() { # FILE DIGEST
  local found
  found=$(sha256sum <"$work/$1.log")
  if [ "${found%% *}" != "$2" ]; then
    say "$1: another text than in the run, see replayed/$1.log"
    same=no
  fi
}
compare console "$console"
compare serial "$serial"
if [ "$same" != yes ]; then
  say "$verb to instruction $now: NOT the same"
  exit 1
fi
say "$verb to instruction $now: same console"
