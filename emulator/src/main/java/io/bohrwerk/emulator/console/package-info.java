/** What the guest says: bytes to lines, and the agent's words among them. */
@NullMarked
package io.bohrwerk.emulator.console;

import org.jspecify.annotations.NullMarked;
