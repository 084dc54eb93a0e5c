package io.bohrwerk.api.job;

import io.bohrwerk.api.statistics.CleanRun;
import io.bohrwerk.api.statistics.FailureRate;
import io.bohrwerk.api.statistics.FixVerdict;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The answer to "is it fixed?", as far as it can be given now.
 *
 * @param job the old one, whose failures are asked about
 * @param confidence that was asked for
 * @param confidenceReached by the iterations so far, none of which failed; null when one did
 * @param oldRate of the old job, with its interval; null when the rate was given instead
 * @param rateGiven by who asked
 * @param iterationsNeeded clean ones, see {@link CleanRun}
 * @param iterationsIfRateWereExact what it would take if the old job's k/n were the true rate; null when nothing was measured
 * @param iterationsAtLowestRate what it would take at the lower limit of the old rate's interval
 */
public record FixView(
        UUID job,
        FixVerdict verdict,
        double confidence,
        @Nullable Double confidenceReached,
        @Nullable FailureRate oldRate,
        @Nullable Double rateGiven,
        long iterationsNeeded,
        @Nullable Double iterationsIfRateWereExact,
        @Nullable Double iterationsAtLowestRate) {
    public static @Nullable FixView of(Job job) {
        FixQuestion question = job.question();
        if (question == null) {
            return null;
        }
        FailureRate old = question.rate() == null ? FailureRate.of(question.failures(), question.iterations()) : null;
        FixVerdict verdict = FixVerdict.of(job.failures(), job.iterations(), question.needed());
        return new FixView(
                question.job(),
                verdict,
                question.confidence(),
                verdict == FixVerdict.NOT_FIXED ? null : question.cleanRun().reached(job.iterations()),
                old,
                question.rate(),
                question.needed(),
                old == null || old.perIteration() >= 1
                        ? null
                        : CleanRun.needed(old.perIteration(), question.confidence()),
                old == null ? null : CleanRun.needed(old.low(), question.confidence()));
    }
}
