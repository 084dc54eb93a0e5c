/** Replays of failures as a service: ordered by people, done by any worker. */
@NullMarked
package io.bohrwerk.api.replay;

import org.jspecify.annotations.NullMarked;
