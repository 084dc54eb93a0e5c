/** The way to Kafka (the outbox) and what both directions share. */
@NullMarked
package io.bohrwerk.api.queue;

import org.jspecify.annotations.NullMarked;
