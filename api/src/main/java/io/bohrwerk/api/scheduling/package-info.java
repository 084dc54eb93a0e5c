/** Which batch of which job goes to the queue next. */
@NullMarked
package io.bohrwerk.api.scheduling;

import org.jspecify.annotations.NullMarked;
