/** Work from Kafka, and reports to it. */
@NullMarked
package io.bohrwerk.worker.queue;

import org.jspecify.annotations.NullMarked;
