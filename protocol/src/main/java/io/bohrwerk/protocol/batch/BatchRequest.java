package io.bohrwerk.protocol.batch;

import static io.bohrwerk.protocol.InvalidInputException.present;
import static io.bohrwerk.protocol.InvalidInputException.require;

import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.schedule.Schedule;
import java.util.UUID;

/**
 * The unit on the queue: run this many iterations of this target under this schedule.
 *
 * @param attempt from 1; counts infrastructure retries of the batch
 * @param target the target's id
 * @param iterations at least 1; numbered from 1 within the batch
 * @param reportEvery the agent reports after this many iterations; at least 1
 */
public record BatchRequest(
        int version,
        UUID batchId,
        UUID jobId,
        int attempt,
        Digest target,
        Schedule schedule,
        int iterations,
        int reportEvery) {
    public BatchRequest {
        Wire.requireKnown(version);
        present(batchId, "batchId");
        present(jobId, "jobId");
        present(target, "target");
        present(schedule, "schedule");
        require(attempt >= 1, "attempt", attempt, "must be at least 1");
        require(iterations >= 1, "iterations", iterations, "must be at least 1");
        schedule.requireServes(iterations);
        require(reportEvery >= 1, "reportEvery", reportEvery, "must be at least 1");
    }
}
