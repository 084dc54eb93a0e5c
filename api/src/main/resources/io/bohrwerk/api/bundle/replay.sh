#!/usr/bin/env bash
# Replays this failure from its batch's beginning and says whether it goes the same way. Needs bash, coreutils, sed and QEMU.
set -uo pipefail
. "$(dirname -- "${BASH_SOURCE[0]}")/machine.sh"

usage() {
  cat <<'USAGE'
Usage: ./replay.sh [--log CLASSES [--all]]

Replays the recording to the failure, and compares console and instruction count with manifest.json.
  --log CLASSES   what QEMU logs on the way, as int or int,exec,nochain (qemu-system-i386 -d help tells all);
                  guest and emulator then stand in replayed/merged.log in the order in which they happened
  --all           log from the batch's beginning, and not just the failing iteration
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
say "replaying $((last - first)) instructions from the snapshot 'ready'"
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
same=yes
if [ "$now" != "$last" ]; then
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
  say "replayed to instruction $now: NOT the same"
  exit 1
fi
say "replayed to instruction $now: same console"
