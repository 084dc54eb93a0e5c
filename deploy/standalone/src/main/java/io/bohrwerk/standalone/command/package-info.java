/** The commands, one class each. */
@NullMarked
package io.bohrwerk.standalone.command;

import org.jspecify.annotations.NullMarked;
