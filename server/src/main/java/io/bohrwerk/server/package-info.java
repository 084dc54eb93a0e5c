/** PostgreSQL, Kafka, blob store, API and worker in this process. */
@NullMarked
package io.bohrwerk.server;

import org.jspecify.annotations.NullMarked;
