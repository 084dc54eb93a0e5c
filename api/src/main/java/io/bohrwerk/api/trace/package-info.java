/** What tracing a test brought: its plan of interrupts, and how much of it was tried. */
@NullMarked
package io.bohrwerk.api.trace;

import org.jspecify.annotations.NullMarked;
