/** Failures as they are kept. */
@NullMarked
package io.bohrwerk.worker.failure;

import org.jspecify.annotations.NullMarked;
