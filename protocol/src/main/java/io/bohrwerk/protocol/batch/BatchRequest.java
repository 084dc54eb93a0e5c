package io.bohrwerk.protocol.batch;

import static io.bohrwerk.protocol.InvalidInputException.present;
import static io.bohrwerk.protocol.InvalidInputException.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.schedule.Schedule;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The unit on the queue: run this many iterations of this target under this schedule.
 *
 * @param attempt from 1; counts infrastructure retries of the batch
 * @param target the target's id
 * @param iterations at least 1; numbered from 1 within the batch
 * @param reportEvery the agent reports after this many iterations; at least 1
 * @param keepCheckpoints whether a failure's snapshots are stored; null, as in messages of older processes, for yes
 * @param usualInstructions of an iteration, as far as the job has seen; tells how long the agent may be silent between two reports. Null
 *     when it is not known. It decides when to give up waiting, never what the guest does
 */
public record BatchRequest(
        int version,
        UUID batchId,
        UUID jobId,
        int attempt,
        Digest target,
        Schedule schedule,
        int iterations,
        int reportEvery,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean keepCheckpoints,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long usualInstructions)
        implements Work {
    public static final String KIND = "batch";

    public BatchRequest {
        Wire.requireKnown(version);
        present(batchId, "batchId");
        present(jobId, "jobId");
        present(target, "target");
        present(schedule, "schedule");
        require(attempt >= 1, "attempt", attempt, "must be at least 1");
        require(iterations >= 1, "iterations", iterations, "must be at least 1");
        schedule.requireServes(iterations);
        require(
                usualInstructions == null || usualInstructions >= 1,
                "usualInstructions",
                String.valueOf(usualInstructions),
                "must be at least 1");
        require(reportEvery >= 1, "reportEvery", reportEvery, "must be at least 1");
    }

    /** A batch whose failure's snapshots are kept. */
    public BatchRequest(
            int version,
            UUID batchId,
            UUID jobId,
            int attempt,
            Digest target,
            Schedule schedule,
            int iterations,
            int reportEvery) {
        this(version, batchId, jobId, attempt, target, schedule, iterations, reportEvery, null, null);
    }

    @Override
    public String kind() {
        return KIND;
    }

    /** A batch of a job that has not seen any iteration yet. */
    public BatchRequest(
            int version,
            UUID batchId,
            UUID jobId,
            int attempt,
            Digest target,
            Schedule schedule,
            int iterations,
            int reportEvery,
            @Nullable Boolean keepCheckpoints) {
        this(version, batchId, jobId, attempt, target, schedule, iterations, reportEvery, keepCheckpoints, null);
    }

    @Override
    public UUID id() {
        return batchId;
    }

    @Override
    public String key() {
        return jobId.toString();
    }

    public boolean keepsCheckpoints() {
        return keepCheckpoints == null || keepCheckpoints;
    }
}
