/** What a kernel prints about its own trouble: found while it prints, cut out, and given a title. */
@NullMarked
package io.bohrwerk.emulator.report;

import org.jspecify.annotations.NullMarked;
