package io.bohrwerk.api.crash;

import io.bohrwerk.protocol.batch.Outcome;
import java.time.Instant;
import java.util.UUID;

/** A crash as the API shows it. */
public record CrashView(
        UUID id, String title, String signature, Outcome outcome, long failures, Instant firstSeen, Instant lastSeen) {
    public static CrashView from(Crash crash) {
        return new CrashView(
                crash.id(),
                crash.title(),
                crash.signature(),
                crash.outcome(),
                crash.failures(),
                crash.firstSeen(),
                crash.lastSeen());
    }
}
