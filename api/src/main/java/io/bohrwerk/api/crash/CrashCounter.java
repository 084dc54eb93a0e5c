package io.bohrwerk.api.crash;

import io.bohrwerk.api.signature.Signature;
import io.bohrwerk.protocol.batch.Outcome;
import java.time.Instant;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Counts failures under their signatures, and wherever else lists and charts want to read them without counting. */
@Component
public class CrashCounter {
    private final Crashes crashes;
    private final CrashChange.History history;

    CrashCounter(Crashes crashes, CrashChange.History history) {
        this.crashes = crashes;
        this.history = history;
    }

    /**
     * In the caller's transaction. Two jobs may meet a new signature at once: the database decides who was first.
     *
     * @param verified whether its replay held
     */
    public Crash count(UUID job, Signature signature, Outcome outcome, boolean verified, Instant occurredAt) {
        crashes.addUnlessThere(UUID.randomUUID(), signature.key(), signature.title(), outcome.name(), occurredAt);
        Crash crash = crashes.lock(signature.key());
        if (crash.count(occurredAt, verified)) {
            history.add(
                    crash.id(),
                    new CrashChange(
                            CrashChange.Kind.CAME_BACK,
                            CrashState.FIXED.name(),
                            CrashState.OPEN.name(),
                            "",
                            Instant.now()));
        }
        crashes.countInJob(crash.id(), job);
        crashes.countInHour(occurredAt);
        return crash;
    }
}
