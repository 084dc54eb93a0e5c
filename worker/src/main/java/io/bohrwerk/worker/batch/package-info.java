/** Runs batches, checks of targets and traces of tests. */
@NullMarked
package io.bohrwerk.worker.batch;

import org.jspecify.annotations.NullMarked;
