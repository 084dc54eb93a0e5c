package io.bohrwerk.api.batch;

import io.bohrwerk.protocol.schedule.Schedule;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A batch as the API shows it.
 *
 * @param number in its job, from 0
 * @param arm of the job's strategy, see the job's arms
 * @param iterations to run
 * @param iterationsRun null until it is counted
 */
public record BatchView(
        UUID id,
        UUID jobId,
        long number,
        int attempt,
        BatchState state,
        Schedule schedule,
        int arm,
        int iterations,
        @Nullable Long iterationsRun,
        @Nullable Long instructions,
        @Nullable Long millisToFirstIteration,
        @Nullable String workerId,
        Instant queuedAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt) {
    public static BatchView from(Batch batch) {
        return new BatchView(
                batch.id(),
                batch.jobId(),
                batch.number(),
                batch.attempt(),
                batch.state(),
                batch.schedule(),
                batch.arm(),
                batch.iterations(),
                batch.iterationsRun(),
                batch.instructions(),
                batch.millisToFirstIteration(),
                batch.workerId(),
                batch.queuedAt(),
                batch.startedAt(),
                batch.finishedAt());
    }
}
