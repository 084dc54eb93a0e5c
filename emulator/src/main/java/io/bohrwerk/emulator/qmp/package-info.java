/** QEMU's machine protocol: one command at a time, answers by id, events in order. */
@NullMarked
package io.bohrwerk.emulator.qmp;

import org.jspecify.annotations.NullMarked;
