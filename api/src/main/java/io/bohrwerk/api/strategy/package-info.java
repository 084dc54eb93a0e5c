/** How the schedules of a job's batches are chosen. Pure: no Spring, no database, no clock. */
@NullMarked
package io.bohrwerk.api.strategy;

import org.jspecify.annotations.NullMarked;
