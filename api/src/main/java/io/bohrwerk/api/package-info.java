/**
 * The API process: REST, scheduling and triage; the only writer of PostgreSQL.
 *
 * <p>A job's way: {@code job} takes the submission, cuts it into batches and puts them into the outbox of {@code queue}; the workers'
 * reports come back to {@code job}, which counts them and leaves failures to {@code failure} and {@code crash}.
 */
@NullMarked
package io.bohrwerk.api;

import org.jspecify.annotations.NullMarked;
