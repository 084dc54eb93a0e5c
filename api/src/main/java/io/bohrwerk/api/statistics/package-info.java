/** What may be said about a failure's rate. Pure. */
@NullMarked
package io.bohrwerk.api.statistics;

import org.jspecify.annotations.NullMarked;
