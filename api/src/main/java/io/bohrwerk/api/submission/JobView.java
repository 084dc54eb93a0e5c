package io.bohrwerk.api.submission;

import io.bohrwerk.api.job.FixView;
import io.bohrwerk.api.job.Job;
import io.bohrwerk.api.job.JobState;
import io.bohrwerk.api.job.Priority;
import io.bohrwerk.api.job.Rate;
import io.bohrwerk.api.job.StopReason;
import io.bohrwerk.api.job.UnexpectedPasses;
import io.bohrwerk.api.statistics.FailureRate;
import io.bohrwerk.api.statistics.RateBelow;
import io.bohrwerk.api.strategy.ArmCount;
import io.bohrwerk.api.strategy.Sampling;
import io.bohrwerk.api.strategy.Strategy;
import io.bohrwerk.api.trace.Coverage;
import io.bohrwerk.api.worker.Fleet;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.VirtualTime;
import io.bohrwerk.protocol.schedule.Release;
import io.bohrwerk.protocol.schedule.Setting;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A job as the API shows it.
 *
 * @param iterationsPerBatch of the next batch
 * @param reportEvery iterations from one report of the agent's to the next, in the next batch
 * @param findsBatchSize whether {@code iterationsPerBatch} was left to the job, which then aims at batches of some seconds
 * @param iterations counted; those of batches that still run are not among them
 * @param iterationsRunning passed, as far as workers say, in batches that still run
 * @param beyondStopRule of the iterations and failures, those that came in after its end; null when none did
 * @param failureRate with an interval where {@code strategy} draws a random sample
 * @param rateMeaning what {@code failureRate} is a rate of
 * @param rateUnderRandom of its iterations at random phases; null when it has none
 * @param nextFailure what to expect; null where nothing failed or nothing may be expected from it
 * @param coverage how many of its places were tried; null for strategies that draw
 * @param infrastructureTroubles of attempts at batches; they are in no rate
 * @param unexpectedPasses subtests that passed though the target expects them to fail
 * @param isItFixed the answer, when the job was made to give it
 * @param comparison of which it is a side
 * @param machines that work for it now
 * @param secondsToFirstFailure from its start, null while there is none
 * @param waitsFor why nothing of it can run now, one line for people; null when something can, or when it has ended
 * @param priority its share of the machines, while others want them too
 * @param setting what is other than usual in its machines; null for nothing
 * @param submittedBy the name of a token or a person; null where nobody had to say who they are
 */
public record JobView(
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
        int reportEvery,
        boolean findsBatchSize,
        boolean keepCheckpoints,
        long iterations,
        long iterationsRunning,
        long failures,
        @Nullable Beyond beyondStopRule,
        Rate failureRate,
        String rateMeaning,
        @Nullable FailureRate rateUnderRandom,
        @Nullable NextFailure nextFailure,
        @Nullable Coverage coverage,
        BatchCounts batches,
        long infrastructureTroubles,
        int machines,
        List<UnexpectedPasses> unexpectedPasses,
        @Nullable FixView isItFixed,
        @Nullable UUID comparison,
        @Nullable UUID firstFailureId,
        @Nullable Double secondsToFirstFailure,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        @Nullable String submittedBy,
        Priority priority,
        @Nullable String waitsFor,
        @Nullable Setting setting) {
    /** What it may use up. @param wallTime null for no limit */
    record Budget(long iterations, @Nullable VirtualTime wallTime) {}

    /**
     * @param failures after which it stops; 0 for never
     * @param whenRateBelow null for never
     */
    record Stop(long failures, @Nullable RateBelow whenRateBelow) {}

    /** Of batches that ran when the job ended. They are counted as all others are: to leave them out would falsify the rate. */
    public record Beyond(long iterations, long failures) {
        private static @Nullable Beyond of(Job job) {
            return job.totals().iterationsBeyond() == 0 && job.totals().failuresBeyond() == 0
                    ? null
                    : new Beyond(job.totals().iterationsBeyond(), job.totals().failuresBeyond());
        }
    }

    /** Each place is tried once. */
    public record Coverage(long covered, long of) {}

    /**
     * Means of what lies before the next failure, at the rate so far.
     *
     * @param iterationsLow at the upper limit of the rate
     * @param iterationsHigh at its lower limit
     * @param seconds of real time, at the speed so far
     */
    record NextFailure(
            double iterations,
            double iterationsLow,
            double iterationsHigh,
            @Nullable Double seconds) {}

    /** @param queued on their way or running */
    record BatchCounts(int queued, long completed, long lost) {}

    /** @param underRandom what was counted at random phases; null when nothing was run there */
    static JobView from(Job job, Fleet.Activity activity, @Nullable ArmCount underRandom) {
        FailureRate rate = FailureRate.of(job.failures(), job.iterations());
        Sampling sampling = job.course().strategy().sampling();
        return new JobView(
                job.id(),
                job.name(),
                job.state(),
                job.stopReason(),
                job.message(),
                job.target(),
                job.targetName(),
                job.course().strategy(),
                new Budget(job.stopRules().iterations(), job.stopRules().wallTime()),
                new Stop(job.stopRules().failures(), job.stopRules().rateBelow()),
                job.batchSize().iterations(),
                job.batchSize().reportEvery(),
                job.batchSize().findsIterations(),
                job.keepCheckpoints(),
                job.iterations(),
                activity.iterationsRunning(job.id()),
                job.failures(),
                Beyond.of(job),
                Rate.of(rate, sampling),
                sampling.meaning(),
                underRandom == null ? null : FailureRate.of(underRandom.failures(), underRandom.iterations()),
                sampling.random() ? nextFailure(job, rate) : null,
                job.course().stepped()
                        ? new Coverage(job.iterations(), job.course().places())
                        : null,
                new BatchCounts(
                        job.totals().batchesInFlight(),
                        job.totals().batchesCompleted(),
                        job.totals().batchesLost()),
                job.totals().infrastructureTroubles(),
                activity.machines(job.id()),
                job.totals().unexpectedPasses(),
                FixView.of(job),
                job.comparison(),
                job.totals().firstFailureId(),
                seconds(job.startedAt(), job.totals().firstFailureAt()),
                job.origin().createdAt(),
                job.startedAt(),
                job.finishedAt(),
                job.origin().submittedBy(),
                job.priority(),
                waitsFor(job, activity),
                job.setting());
    }

    private static @Nullable String waitsFor(Job job, Fleet.Activity activity) {
        if (job.ended()) {
            return null;
        }
        if (activity.workers() == 0) {
            return "no worker is alive";
        }
        if (activity.paused() != null) {
            return "no worker begins anything new: " + activity.paused();
        }
        Release emulator = Setting.emulator(job.setting());
        if (!activity.offers(emulator)) {
            return "no live worker has QEMU " + emulator + "; they have " + String.join(", ", activity.releases());
        }
        if (job.severalCpus() && !activity.offersSeveralCpus(emulator)) {
            return "no live worker can serve it: its guest has several CPUs, which needs QEMU 8.1 or newer"
                    + (emulator == null ? "" : ", and it asks for " + emulator) + "; they have "
                    + String.join(", ", activity.releases());
        }
        if (job.awaitsCheck()) {
            return "its target is being checked";
        }
        return job.guestBytes() <= activity.largestGuest()
                ? null
                : "no live worker can serve it: its guest needs " + (job.guestBytes() >> 20)
                        + " MiB of memory, and the most that one of them gives a guest is "
                        + (activity.largestGuest() >> 20) + " MiB";
    }

    private static @Nullable NextFailure nextFailure(Job job, FailureRate rate) {
        if (job.failures() == 0) {
            return null;
        }
        Double running = seconds(job.startedAt(), job.totals().countedAt());
        return new NextFailure(
                1 / rate.perIteration(),
                1 / rate.high(),
                1 / rate.low(),
                running == null || running <= 0 ? null : running / job.failures());
    }

    private static @Nullable Double seconds(@Nullable Instant from, @Nullable Instant to) {
        return from == null || to == null ? null : Duration.between(from, to).toMillis() / 1000.0;
    }
}
