/** The commands, one class each. */
@NullMarked
package io.bohrwerk.cli.command;

import org.jspecify.annotations.NullMarked;
