package io.bohrwerk.api.job;

import io.bohrwerk.api.statistics.FailureRate;
import io.bohrwerk.api.strategy.Sampling;
import org.jspecify.annotations.Nullable;

/**
 * A share of iterations that failed, with a 95 % interval where they are a random sample; elsewhere there is nothing that an interval
 * could be about.
 *
 * @param perIteration 0 when nothing ran
 */
public record Rate(
        double perIteration, @Nullable Double low, @Nullable Double high) {
    public static Rate of(FailureRate rate, Sampling sampling) {
        return sampling.random()
                ? new Rate(rate.perIteration(), rate.low(), rate.high())
                : new Rate(rate.perIteration(), null, null);
    }
}
