/** The timing coordinates of a batch, and the delay formula that host and agent share. */
@NullMarked
package io.bohrwerk.protocol.schedule;

import org.jspecify.annotations.NullMarked;
