/**
 * Time-travel debugging of a replayed failure: a gdb server in front of QEMU's own.
 *
 * <p>The door is {@link io.bohrwerk.emulator.debug.TimeTravelServer}. QEMU is never asked to go backwards, which hangs it on real
 * kernels: going back is a fresh emulator at the nearest earlier checkpoint, which goes forward to the wanted instruction. A position is
 * an instruction count. See "GDB Remote Serial Protocol" in gdb's manual for the packets.
 */
@NullMarked
package io.bohrwerk.emulator.debug;

import org.jspecify.annotations.NullMarked;
