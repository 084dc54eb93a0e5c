/** QEMU as a process: its command line, its start and its end. */
@NullMarked
package io.bohrwerk.emulator.qemu;

import org.jspecify.annotations.NullMarked;
