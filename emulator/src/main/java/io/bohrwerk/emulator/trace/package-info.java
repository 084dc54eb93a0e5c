/** What a batch executes, as the plugin tells it in a replay: its interrupts, its delays, and the places of one iteration. */
@NullMarked
package io.bohrwerk.emulator.trace;

import org.jspecify.annotations.NullMarked;
