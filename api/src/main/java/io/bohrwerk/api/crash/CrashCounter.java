package io.bohrwerk.api.crash;

import io.bohrwerk.api.signature.Marks;
import io.bohrwerk.api.signature.Signature;
import io.bohrwerk.api.signature.Stacks;
import io.bohrwerk.protocol.batch.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Counts failures in their groups, and wherever else lists and charts want to read them without counting. */
@Component
public class CrashCounter {
    private final Crashes crashes;
    private final CrashSignatures signatures;
    private final CrashChange.History history;

    CrashCounter(Crashes crashes, CrashSignatures signatures, CrashChange.History history) {
        this.crashes = crashes;
        this.signatures = signatures;
        this.history = history;
    }

    /**
     * In the caller's transaction. Two jobs may meet a new signature at once: the database decides who was first.
     *
     * @param verified whether its replay held
     */
    public Crash count(UUID job, Marks marks, Outcome outcome, boolean verified, Instant occurredAt) {
        Signature own = marks.signature();
        Signature founding =
                marks.whole() || signatures.crash(own.key()).isPresent() ? own : Signature.ofDamaged(outcome);
        boolean grouped = founding.equals(own);
        Crash crash =
                locked(founding, grouped && marks.whole() ? marks.alternatives() : List.of(), outcome, occurredAt);
        if (grouped && marks.whole()) {
            signatures.add(marks.keys(), crash.id());
            if (crash.learn(marks.frames())) {
                signatures.addFrames(crash.id(), Stacks.top(marks.frames()));
            }
        } else if (!grouped) {
            crash.collectDamaged();
        }
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

    /**
     * The group that a signature leads to, else one that an alternative leads to, else a new one; locked. Until it is, people may have
     * merged or split it.
     */
    private Crash locked(Signature own, List<String> alternatives, Outcome outcome, Instant occurredAt) {
        while (true) {
            UUID id = group(own, alternatives).orElseGet(() -> found(own, outcome, occurredAt));
            Crash crash = crashes.lock(id).orElseThrow();
            if (group(own, alternatives).equals(Optional.of(id))) {
                return crash;
            }
        }
    }

    private Optional<UUID> group(Signature own, List<String> alternatives) {
        return signatures.crash(own.key()).or(() -> signatures.any(alternatives));
    }

    private UUID found(Signature own, Outcome outcome, Instant occurredAt) {
        crashes.addUnlessThere(UUID.randomUUID(), own.key(), own.title(), outcome.name(), occurredAt);
        signatures.found(own.key());
        return signatures.crash(own.key()).orElseThrow();
    }
}
