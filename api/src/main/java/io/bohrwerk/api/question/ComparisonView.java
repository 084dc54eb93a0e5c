package io.bohrwerk.api.question;

import io.bohrwerk.api.job.Job;
import io.bohrwerk.api.job.JobState;
import io.bohrwerk.api.statistics.FailureRate;
import io.bohrwerk.api.statistics.TwoRates;
import io.bohrwerk.api.strategy.Strategy;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.schedule.Setting;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Whether two settings make a difference, as far as it can be said now.
 *
 * @param job which it was asked of
 * @param pValue of equal rates, by Fisher's exact test; only the one at the end may be held against {@code confidence}
 * @param ratio of the second side's rate to the first's; null when it has none, because the first did not fail
 * @param ratioLow lower 95 % limit of the ratio
 * @param ratioHigh upper 95 % limit; null for none
 * @param emulators what the same schedules did on two releases of QEMU; null where the sides differ in something else
 */
public record ComparisonView(
        UUID id,
        UUID job,
        Verdict verdict,
        double confidence,
        double pValue,
        @Nullable Double ratio,
        double ratioLow,
        @Nullable Double ratioHigh,
        Side first,
        Side second,
        @Nullable EmulatorComparison emulators,
        Instant createdAt) {
    public enum Verdict {
        /** The rates differ, with the confidence that was asked for. */
        DIFFERENT,
        /** Both ran to their ends, and what was seen can be chance. It does not say that the rates are equal: see the ratio's interval. */
        NO_DIFFERENCE_SEEN,
        /** It still runs, or a side was ended before its time. */
        UNDECIDED
    }

    /** One setting. @param job that runs it */
    record Side(
            UUID job,
            JobState state,
            @Nullable String message,
            Digest target,
            Strategy strategy,
            @Nullable Setting setting,
            long iterations,
            long failures,
            FailureRate failureRate,
            String rateMeaning,
            long infrastructureTroubles) {
        static Side of(Job job) {
            return new Side(
                    job.id(),
                    job.state(),
                    job.message(),
                    job.target(),
                    job.course().strategy(),
                    job.setting(),
                    job.iterations(),
                    job.failures(),
                    FailureRate.of(job.failures(), job.iterations()),
                    job.course().strategy().sampling().meaning(),
                    job.totals().infrastructureTroubles());
        }
    }

    static ComparisonView of(
            Comparison comparison, Job first, Job second, EmulatorComparison.@Nullable Schedules schedules) {
        TwoRates rates = TwoRates.of(first.failures(), first.iterations(), second.failures(), second.iterations());
        Verdict verdict = first.state() != JobState.COMPLETED || second.state() != JobState.COMPLETED
                ? Verdict.UNDECIDED
                : rates.pValue() <= 1 - comparison.confidence() ? Verdict.DIFFERENT : Verdict.NO_DIFFERENCE_SEEN;
        return new ComparisonView(
                comparison.id(),
                comparison.job(),
                verdict,
                comparison.confidence(),
                rates.pValue(),
                finite(rates.ratio()),
                rates.ratioLow(),
                finite(rates.ratioHigh()),
                Side.of(first),
                Side.of(second),
                schedules == null ? null : EmulatorComparison.of(first, second, schedules, verdict),
                comparison.createdAt());
    }

    private static @Nullable Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }
}
