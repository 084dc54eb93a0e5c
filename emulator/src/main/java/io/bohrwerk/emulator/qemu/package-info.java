/**
 * QEMU as a process. {@link io.bohrwerk.emulator.qemu.QemuSession} is the base under runs, replays, traces and the debugger; a
 * {@link io.bohrwerk.emulator.qemu.Launch} says what one is started for.
 */
@NullMarked
package io.bohrwerk.emulator.qemu;

import org.jspecify.annotations.NullMarked;
