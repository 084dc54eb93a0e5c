package io.bohrwerk.api.job;

import io.bohrwerk.api.statistics.CleanRun;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * "Is what the old job found fixed?" A job with this question runs the clean iterations that the answer takes, and no more.
 *
 * @param job the old one
 * @param failures of the old job when it was asked
 * @param iterations of the old job when it was asked
 * @param rate given by who asked; null to go by the old job's counts
 * @param needed clean iterations
 */
public record FixQuestion(
        UUID job, long failures, long iterations, @Nullable Double rate, double confidence, long needed) {
    CleanRun cleanRun() {
        return new CleanRun(failures, iterations, rate, confidence);
    }
}
