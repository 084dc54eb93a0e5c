/**
 * The shared words of Bohrwerk as records, their JSON and YAML forms, and the blob store.
 *
 * <p>Everything here is plain data: no Spring, no persistence, no emulator. Records check themselves when made, so a value of these
 * types is a valid one.
 */
@NullMarked
package io.bohrwerk.protocol;

import org.jspecify.annotations.NullMarked;
