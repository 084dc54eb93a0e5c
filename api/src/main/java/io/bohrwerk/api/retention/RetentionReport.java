package io.bohrwerk.api.retention;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * What retention takes away, or would.
 *
 * @param failures that go without their artifacts; {@code items} may list fewer
 * @param bytes of those artifacts, as their rows say. A blob that others refer to as well stays
 * @param deletedBlobs that nothing had referred to for the time of grace
 * @param deletedBytes of them
 * @param waitingBlobs that wait for the time of grace
 */
record RetentionReport(
        long failures, long bytes, long deletedBlobs, long deletedBytes, long waitingBlobs, List<Item> items) {
    /** The limit that a failure is past. */
    enum Limit {
        JOB_COUNT,
        JOB_AGE,
        JOB_BYTES,
        CRASH_COUNT,
        CRASH_AGE,
        CRASH_BYTES
    }

    /** @param limit the first that it is past, of those of its job and then those of its crash */
    record Item(UUID failure, UUID job, UUID crash, Instant occurredAt, long bytes, Limit limit) {}
}
