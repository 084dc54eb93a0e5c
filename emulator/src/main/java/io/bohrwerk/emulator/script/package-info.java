/** What a guest without an agent is told over its serial console. */
@NullMarked
package io.bohrwerk.emulator.script;

import org.jspecify.annotations.NullMarked;
