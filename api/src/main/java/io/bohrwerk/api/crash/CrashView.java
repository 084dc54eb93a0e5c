package io.bohrwerk.api.crash;

import io.bohrwerk.api.statistics.FailureRate;
import io.bohrwerk.protocol.batch.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A crash as the API shows it.
 *
 * @param verified failures whose replay held
 * @param targets that it was seen on
 * @param failuresSampled of the failures, those of the latest jobs that met it, at most 20 jobs
 * @param iterations of these jobs
 * @param failureRate of both; it leans high, as jobs that never met it are not among them
 */
public record CrashView(
        UUID id,
        String title,
        String signature,
        Outcome outcome,
        CrashState state,
        @Nullable UUID duplicateOf,
        long failures,
        long verified,
        List<SeenOn> targets,
        long failuresSampled,
        long iterations,
        FailureRate failureRate,
        Instant firstSeen,
        Instant lastSeen) {
    /** @param id the target's */
    public record SeenOn(String id, String name) {}

    static CrashView from(Crash crash, List<SeenOn> targets, long failures, long iterations) {
        return new CrashView(
                crash.id(),
                crash.title(),
                crash.signature(),
                crash.outcome(),
                crash.state(),
                crash.duplicateOf(),
                crash.failures(),
                crash.verified(),
                targets,
                failures,
                iterations,
                FailureRate.of(failures, Math.max(iterations, failures)),
                crash.firstSeen(),
                crash.lastSeen());
    }
}
