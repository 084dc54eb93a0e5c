package io.bohrwerk.api.question;

import static io.bohrwerk.protocol.InvalidInputException.present;
import static io.bohrwerk.protocol.InvalidInputException.require;

import io.bohrwerk.api.job.JobRequest;
import io.bohrwerk.api.job.StrategyRequest;
import io.bohrwerk.api.web.RequestDocument;
import io.bohrwerk.protocol.schedule.Release;
import io.bohrwerk.protocol.schedule.Setting;
import org.jspecify.annotations.Nullable;

/**
 * "Does this make a difference?", as users ask it.
 *
 * @param with what is other on the second side
 * @param firstEmulator release of QEMU for the first side; the job's when there is none. With another one in {@code with.setting} and nothing
 *     else that differs, both sides run the same schedules
 * @param iterations of each side; when there are none, as many as let 30 failures be expected at the job's rate
 * @param confidence 0.95 when there is none
 */
record CompareRequest(
        With with,
        @Nullable Long iterations,
        @Nullable Double confidence,
        @Nullable Release firstEmulator) implements RequestDocument {
    /**
     * At least one of them.
     *
     * @param target its id, or at least its first 8 digits
     * @param setting of the machines, instead of the first side's
     */
    record With(
            @Nullable String target,
            @Nullable StrategyRequest strategy,
            @Nullable Setting setting) {
        With {
            require(
                    target != null || strategy != null || setting != null,
                    "",
                    "",
                    "must name what is other on the second side: target, strategy, setting, or several");
        }
    }

    CompareRequest {
        present(with, "with");
        if (iterations != null) {
            require(
                    iterations >= 1 && iterations <= JobRequest.MOST_ITERATIONS,
                    "iterations",
                    iterations,
                    "must be between 1 and " + JobRequest.MOST_ITERATIONS);
        }
        if (confidence != null) {
            require(
                    confidence > 0 && confidence < 1,
                    "confidence",
                    confidence,
                    "must be above 0 and below 1, as 0.95: no number of iterations makes sure");
        }
    }
}
