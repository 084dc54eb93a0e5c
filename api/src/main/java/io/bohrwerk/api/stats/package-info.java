/** Totals over everything. */
@NullMarked
package io.bohrwerk.api.stats;

import org.jspecify.annotations.NullMarked;
