/**
 * A worker: takes batches from the queue, runs them in machines, keeps what failures leave, and reports. Knows Kafka and the blob
 * store; never the database, never the API.
 *
 * <p>A batch walks through {@link io.bohrwerk.worker.queue.BatchConsumer} (the queue), {@link io.bohrwerk.worker.batch.BatchRunner} (the batch) and,
 * if it fails, {@link io.bohrwerk.worker.failure.FailureKeeper}. A replay goes to {@link io.bohrwerk.worker.replay.ReplayRunner} instead.
 */
@NullMarked
package io.bohrwerk.worker;

import org.jspecify.annotations.NullMarked;
