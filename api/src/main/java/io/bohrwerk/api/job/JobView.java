package io.bohrwerk.api.job;

import io.bohrwerk.api.statistics.FailureRate;
import io.bohrwerk.api.strategy.Strategy;
import io.bohrwerk.api.worker.Fleet;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A job as the API shows it.
 *
 * @param iterations counted; those of batches that still run are not among them
 * @param iterationsRunning passed, as far as workers say, in batches that still run
 * @param machines that work for it now
 * @param secondsToFirstFailure from its start, null while there is none
 */
record JobView(
        UUID id,
        String name,
        JobState state,
        @Nullable StopReason stopReason,
        @Nullable String message,
        Digest target,
        String targetName,
        Strategy strategy,
        Budget budget,
        Stop stop,
        int iterationsPerBatch,
        boolean keepCheckpoints,
        long iterations,
        long iterationsRunning,
        long failures,
        FailureRate failureRate,
        BatchCounts batches,
        long infrastructureTroubles,
        int machines,
        @Nullable UUID firstFailureId,
        @Nullable Double secondsToFirstFailure,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt) {
    /** What it may use up. @param wallTime null for no limit */
    record Budget(long iterations, @Nullable VirtualTime wallTime) {}

    /** @param failures after which it stops; 0 for never */
    record Stop(long failures) {}

    /** @param queued on their way or running */
    record BatchCounts(int queued, long completed, long lost) {}

    static JobView from(Job job, Fleet.Activity activity) {
        return new JobView(
                job.id(),
                job.name(),
                job.state(),
                job.stopReason(),
                job.message(),
                job.target(),
                job.targetName(),
                job.strategy(),
                new Budget(job.iterationBudget(), job.wallTime()),
                new Stop(job.stopAfterFailures()),
                job.iterationsPerBatch(),
                job.keepCheckpoints(),
                job.iterations(),
                activity.iterationsRunning(job.id()),
                job.failures(),
                FailureRate.of(job.failures(), job.iterations()),
                new BatchCounts(job.batchesInFlight(), job.batchesCompleted(), job.batchesLost()),
                job.infrastructureTroubles(),
                activity.machines(job.id()),
                job.firstFailureId(),
                seconds(job.startedAt(), job.firstFailureAt()),
                job.createdAt(),
                job.startedAt(),
                job.finishedAt());
    }

    private static @Nullable Double seconds(@Nullable Instant from, @Nullable Instant to) {
        return from == null || to == null ? null : Duration.between(from, to).toMillis() / 1000.0;
    }
}
