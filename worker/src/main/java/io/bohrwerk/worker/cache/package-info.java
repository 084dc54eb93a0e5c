/** Targets, their snapshots and other blobs on this host's disk. */
@NullMarked
package io.bohrwerk.worker.cache;

import org.jspecify.annotations.NullMarked;
