/** Artifacts: the rows of stored blobs. */
@NullMarked
package io.bohrwerk.api.artifact;

import org.jspecify.annotations.NullMarked;
