/** Replays failures. */
@NullMarked
package io.bohrwerk.worker.replay;

import org.jspecify.annotations.NullMarked;
