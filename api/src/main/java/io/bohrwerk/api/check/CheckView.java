package io.bohrwerk.api.check;

import io.bohrwerk.protocol.conformance.Conformance;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The check of a target as the API shows it.
 *
 * @param attempt the number of the latest attempt
 * @param found what it found; null while it is under way, and where it ended in trouble
 * @param message the latest trouble; null when there was none
 * @param workerId who made it; null before that, and where the result came with the upload
 * @param queuedAt when the latest attempt was
 */
public record CheckView(
        TargetCheck.State state,
        int attempt,
        @Nullable Conformance found,
        @Nullable String message,
        @Nullable String workerId,
        Instant queuedAt,
        @Nullable Instant finishedAt) {
    public static CheckView from(TargetCheck check) {
        return new CheckView(
                check.state(),
                check.attempts().number(),
                check.found().orElse(null),
                check.message(),
                check.attempts().workerId(),
                check.attempts().queuedAt(),
                check.attempts().finishedAt());
    }
}
