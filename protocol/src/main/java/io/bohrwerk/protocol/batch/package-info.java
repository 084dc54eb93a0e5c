/** What travels between the API and the workers about batches, and about replays of their failures. */
@NullMarked
package io.bohrwerk.protocol.batch;

import org.jspecify.annotations.NullMarked;
