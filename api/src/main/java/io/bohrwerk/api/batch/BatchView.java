package io.bohrwerk.api.batch;

import io.bohrwerk.protocol.batch.SubtestCounts;
import io.bohrwerk.protocol.batch.UnexpectedPass;
import io.bohrwerk.protocol.schedule.Schedule;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A batch as the API shows it.
 *
 * @param number in its job, from 0
 * @param arm of the job's strategy, see the job's arms
 * @param iterations to run
 * @param reportEvery iterations from one report of the agent's to the next; null for old batches
 * @param iterationsRun null until it is counted
 * @param subtests how those of its last iteration ended; null where the test has none
 * @param unexpectedPasses subtests that were expected to fail
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
        @Nullable Integer reportEvery,
        @Nullable Long iterationsRun,
        @Nullable Long instructions,
        @Nullable Long millisToFirstIteration,
        @Nullable SubtestCounts subtests,
        List<UnexpectedPass> unexpectedPasses,
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
                batch.reportEvery(),
                batch.iterationsRun(),
                batch.instructions(),
                batch.millisToFirstIteration(),
                batch.subtests(),
                batch.unexpectedPasses(),
                batch.workerId(),
                batch.queuedAt(),
                batch.startedAt(),
                batch.finishedAt());
    }
}
