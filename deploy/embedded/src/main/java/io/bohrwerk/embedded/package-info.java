/**
 * Real servers without an installation: PostgreSQL beside this JVM, Kafka inside it. For the all-in-one server and for tests; nothing here
 * knows of Bohrwerk.
 */
@NullMarked
package io.bohrwerk.embedded;

import org.jspecify.annotations.NullMarked;
