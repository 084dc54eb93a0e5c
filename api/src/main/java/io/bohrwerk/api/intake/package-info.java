/** Reports of batches, counted into their jobs. */
@NullMarked
package io.bohrwerk.api.intake;

import org.jspecify.annotations.NullMarked;
