/** Guest console and emulator log in one order, as a replay gives them. */
@NullMarked
package io.bohrwerk.emulator.log;

import org.jspecify.annotations.NullMarked;
