/** Failures on this host's disk, as they came in a bundle, on their way to a debugger. */
@NullMarked
package io.bohrwerk.cli.debug;

import org.jspecify.annotations.NullMarked;
