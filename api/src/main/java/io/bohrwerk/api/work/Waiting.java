package io.bohrwerk.api.work;

import java.time.Instant;
import java.util.UUID;

/**
 * Work that waits for a report.
 *
 * @param attempt the latest
 * @param queuedAt when that was queued
 */
public record Waiting(UUID id, int attempt, Instant queuedAt) {}
