/** Failures: failing iterations with their coordinates and artifacts. */
@NullMarked
package io.bohrwerk.api.failure;

import org.jspecify.annotations.NullMarked;
