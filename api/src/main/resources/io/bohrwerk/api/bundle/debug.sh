#!/usr/bin/env bash
# Opens a debugger on this failure. Needs what replay.sh needs, and gdb.
set -uo pipefail
. "$(dirname -- "${BASH_SOURCE[0]}")/machine.sh"

usage() {
  cat <<'USAGE'
Usage: ./debug.sh [failure | before | start] [GDB OPTION...]

Starts gdb, connected to the replay, with the kernel's symbols if the target has some.
  failure   where the guest began to say that it failed, or stopped without a word (default)
  before    just before the failing iteration: what you run from there goes the same way each time
  start     where the batch began
What follows is gdb's own, for example: ./debug.sh before -batch -ex 'break panic' -ex continue -ex backtrace
USAGE
}

place=failure
case ${1:-} in
  failure | before | start)
    place=$1
    shift
    ;;
  -h | --help)
    usage
    exit 0
    ;;
esac

trap clean_up EXIT
trap 'exit 130' TERM HUP
warn_unverified
check_version
command -v gdb >/dev/null || fail 'gdb is not here; on Debian: sudo apt-get install gdb'
check_files
gdb_socket=(-gdb unix:gdb.sock,server=on,wait=off)
if [ "$place" != start ] && [ -e "$here/snapshot.qcow2" ]; then
  lay_out snapshot.qcow2
  start_qemu "$place" "${gdb_socket[@]}"
else
  lay_out ready.qcow2
  start_qemu ready "${gdb_socket[@]}"
  case $place in
    failure) if [ "$failing" -lt "$last" ]; then go_to "$failing"; else go_to_end; fi ;;
    before) [ "$before" -le "$first" ] || go_to "$before" ;;
  esac
fi
now=$(instructions) || exit 1

# Without any file gdb warns: the header of an empty executable will do.
zeros() { head -c "$1" /dev/zero; }
if [ "$architecture" = i386 ]; then
  { printf '\177ELF\1\1\1'; zeros 9; printf '\2\0\3\0\1'; zeros 19; printf '\64\0\40\0\0\0\50'; zeros 5; } >"$work/no-symbols.elf"
else
  { printf '\177ELF\2\1\1'; zeros 9; printf '\2\0\76\0\1'; zeros 31; printf '\100\0\70\0\0\0\100'; zeros 5; } >"$work/no-symbols.elf"
fi
symbols=(-ex "file $work/no-symbols.elf")
for file in "$here"/target/*; do
  if [ "$(head -c 4 "$file" | tr -d '\0')" = $'\x7fELF' ]; then
    symbols=(-ex "file $file")
  fi
done
say "failure $failure: iteration $iteration, $outcome"
say "at '$place', instruction $now of $last"
[ "$now" != "$last" ] || say "the recording ends here: look around, but step or continue from 'before' instead"
cd "$work" || exit 1
trap : INT
# On a busy host the emulator takes longer than gdb's two seconds for its first answer.
gdb -q -iex 'set confirm off' -iex 'set remotetimeout 60' -ex 'set osabi none' -ex "set architecture $architecture" "${symbols[@]}" -ex 'target remote gdb.sock' "$@"
