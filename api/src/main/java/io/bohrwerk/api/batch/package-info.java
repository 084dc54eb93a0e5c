/** Batches: the unit on the queue, and the infrastructure troubles of their attempts. */
@NullMarked
package io.bohrwerk.api.batch;

import org.jspecify.annotations.NullMarked;
