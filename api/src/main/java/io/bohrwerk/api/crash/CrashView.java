package io.bohrwerk.api.crash;

import io.bohrwerk.api.statistics.FailureRate;
import io.bohrwerk.api.statistics.FixVerdict;
import io.bohrwerk.protocol.batch.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A crash as the API shows it.
 *
 * @param signature that it was founded by; null when people split it off another one
 * @param signatures all that lead to it, at most a hundred; empty in lists
 * @param merged whether it went into the crash that it is a duplicate of, with its failures and signatures
 * @param bin whether it is the one of reports that are not whole, which is no bug but a place to look through
 * @param fixed what the job found that asked whether it is fixed; null unless such a job was named
 * @param frames the top of its stack, innermost first; empty where there is none
 * @param verified failures whose replay held
 * @param targets that it was seen on
 * @param failuresSampled of the failures, those of the latest jobs that met it, at most 20 jobs
 * @param iterations of these jobs
 * @param failureRate of both; it leans high, as jobs that never met it are not among them
 * @param latestFailureId the one to look at first; null when it has none, as one that was merged
 */
public record CrashView(
        UUID id,
        String title,
        @Nullable String signature,
        List<String> signatures,
        Outcome outcome,
        CrashState state,
        @Nullable UUID duplicateOf,
        boolean merged,
        boolean bin,
        @Nullable FixJob fixed,
        List<String> frames,
        long failures,
        long verified,
        List<SeenOn> targets,
        long failuresSampled,
        long iterations,
        FailureRate failureRate,
        Instant firstSeen,
        Instant lastSeen,
        @Nullable UUID latestFailureId) {
    /** @param id the target's */
    public record SeenOn(String id, String name) {}

    /**
     * A job that asks whether something is fixed.
     *
     * @param iterations so far, of these {@code needed} without a failure are the answer
     */
    public record FixJob(UUID job, String name, FixVerdict verdict, long failures, long iterations, long needed) {}

    static CrashView from(
            Crash crash,
            @Nullable FixJob fixed,
            List<SeenOn> targets,
            long failures,
            long iterations,
            @Nullable UUID latestFailureId) {
        return new CrashView(
                crash.id(),
                crash.title(),
                crash.signature(),
                List.of(),
                crash.outcome(),
                crash.state(),
                crash.duplicateOf(),
                crash.merged(),
                crash.bin(),
                fixed,
                crash.frames(),
                crash.failures(),
                crash.verified(),
                targets,
                failures,
                iterations,
                FailureRate.of(failures, Math.max(iterations, failures)),
                crash.firstSeen(),
                crash.lastSeen(),
                latestFailureId);
    }

    CrashView withSignatures(List<String> all) {
        return new CrashView(
                id,
                title,
                signature,
                all,
                outcome,
                state,
                duplicateOf,
                merged,
                bin,
                fixed,
                frames,
                failures,
                verified,
                targets,
                failuresSampled,
                iterations,
                failureRate,
                firstSeen,
                lastSeen,
                latestFailureId);
    }
}
