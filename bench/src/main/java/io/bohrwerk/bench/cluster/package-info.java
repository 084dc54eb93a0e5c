/** A cluster of separate processes on this host, and what happens when they are killed. */
@NullMarked
package io.bohrwerk.bench.cluster;

import org.jspecify.annotations.NullMarked;
