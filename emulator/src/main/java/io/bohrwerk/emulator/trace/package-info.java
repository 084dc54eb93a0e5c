/** What an iteration of a test executes, instruction by instruction, as QEMU's execution log tells it in a replay. */
@NullMarked
package io.bohrwerk.emulator.trace;

import org.jspecify.annotations.NullMarked;
