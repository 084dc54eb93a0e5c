/** What may be said about failure rates: intervals, stop rules, "is it fixed?", and whether two of them differ. Pure. */
@NullMarked
package io.bohrwerk.api.statistics;

import org.jspecify.annotations.NullMarked;
