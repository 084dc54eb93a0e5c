package io.bohrwerk.protocol.batch;

import static io.bohrwerk.protocol.InvalidInputException.present;

import io.bohrwerk.protocol.Wire;
import java.util.UUID;

/**
 * A job has ended: nobody waits for its batches any more. Every worker reads all of them. A batch that has not begun is dropped; one that
 * runs is stopped, and reports what had passed until then. A failure that it has met is kept and reported as ever.
 */
public record Withdrawal(int version, UUID jobId) {
    public Withdrawal {
        Wire.requireKnown(version);
        present(jobId, "jobId");
    }
}
