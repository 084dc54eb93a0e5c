package io.bohrwerk.protocol.conformance;

import static io.bohrwerk.protocol.InvalidInputException.present;
import static io.bohrwerk.protocol.InvalidInputException.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.VirtualTime;
import io.bohrwerk.protocol.Wire;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a check found out about a target's guest, by running short batches and counting instructions. As JSON it goes through {@link Wire}.
 *
 * @param version of this record, {@link Wire#VERSION}
 * @param target the id of the target that was checked
 * @param emulator version on which it was checked
 * @param checkedAt when the check ended
 * @param keys one finding for each {@link GuestKey}
 * @param stopsAfterFailure whether the guest ends a batch with its first failing iteration, unless told to continue
 * @param repeats whether a second run of a batch was identical: iterations, instruction count and console
 * @param replays whether the recording of a batch replayed to the same end
 * @param declaredTimerPeriod the manifest's {@code machine.timerPeriod}
 * @param timerPeriod measured: virtual time between two timer interrupts; null when it could not be measured
 * @param timer what was seen of the timer, in a sentence
 */
public record Conformance(
        int version,
        Digest target,
        String emulator,
        Instant checkedAt,
        Map<GuestKey, Finding> keys,
        Answer stopsAfterFailure,
        Answer repeats,
        Answer replays,
        VirtualTime declaredTimerPeriod,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable VirtualTime timerPeriod,
        String timer) {
    /** What a check leaves beside {@code target.yaml}; not a part of the target. */
    public static final String FILE_NAME = "check.json";

    private static final int LONGEST_NOTE = 2000;
    private static final int LONGEST_VERSION = 100;

    /**
     * How far a declared timer period may be off. A PIT's divider is a whole number: 1 kHz becomes 1000.15 Hz, and Linux's 250 Hz 249.998.
     */
    private static final double TOLERANCE = 0.01;

    public Conformance {
        Wire.requireKnown(version);
        present(target, "target");
        require(
                !present(emulator, "emulator").isEmpty() && emulator.length() <= LONGEST_VERSION,
                "emulator",
                emulator,
                "must be a version, up to " + LONGEST_VERSION + " characters");
        present(checkedAt, "checkedAt");
        present(keys, "keys");
        for (GuestKey key : GuestKey.values()) {
            present(keys.get(key), "keys." + key.word());
        }
        keys = Collections.unmodifiableMap(new EnumMap<>(keys));
        present(stopsAfterFailure, "stopsAfterFailure");
        present(repeats, "repeats");
        present(replays, "replays");
        present(declaredTimerPeriod, "declaredTimerPeriod");
        requireNote(timer, "timer");
    }

    /** The keys that the guest serves, those among them that could not be decided. */
    public Set<GuestKey> served() {
        Set<GuestKey> served = EnumSet.noneOf(GuestKey.class);
        keys.forEach((key, finding) -> {
            if (finding.service() != Service.NOT_SERVED) {
                served.add(key);
            }
        });
        return served;
    }

    /** The keys that the guest is known to serve to the instruction. */
    public Set<GuestKey> exact() {
        Set<GuestKey> exact = EnumSet.noneOf(GuestKey.class);
        keys.forEach((key, finding) -> {
            if (finding.service() == Service.EXACT) {
                exact.add(key);
            }
        });
        return exact;
    }

    /**
     * Why this guest cannot run what needs these keys: the first of them that it does not serve.
     *
     * @return a sentence for people, such as {@code the guest does not serve delays: ...}; empty when nothing is in the way
     */
    public Optional<String> refusal(Collection<GuestKey> needed) {
        return new TreeSet<>(needed)
                .stream()
                        .filter(key -> !served().contains(key))
                        .map(key -> "the guest does not serve " + key.word() + ": "
                                + present(keys.get(key), key.word()).note())
                        .findFirst();
    }

    /** Whether the manifest's timer period is known to be wrong. {@link #timerPeriod} is then the right one. */
    public boolean wrongTimerPeriod() {
        return timerPeriod != null
                && Math.abs(timerPeriod.nanos() - declaredTimerPeriod.nanos()) > TOLERANCE * timerPeriod.nanos();
    }

    /**
     * Whether the target can be hunted in and its failures kept: no answer is a no that makes results wrong. Keys that are not served only
     * narrow the choice of strategies.
     */
    public boolean sound() {
        return stopsAfterFailure.verdict() != Verdict.NO
                && replays.verdict() != Verdict.NO
                && repeats.verdict() != Verdict.NO
                && !wrongTimerPeriod()
                && keys.values().stream().noneMatch(finding -> finding.service() == Service.INEXACT);
    }

    /**
     * What is known of one key.
     *
     * @param note why, with the figures: up to 2,000 characters
     */
    public record Finding(Service service, String note) {
        public Finding {
            present(service, "service");
            requireNote(note, "note");
        }
    }

    /** How a guest serves a key. */
    public enum Service {
        /** To the instruction, or to the word where no instructions are asked for. */
        EXACT,
        /** It has its effect, but takes another number of instructions than asked for. */
        INEXACT,
        /** It has its effect, but whether to the instruction cannot be told: the test varies in length, or a shell rounds the delay. */
        SERVED,
        /** It has no effect, or the guest refuses it. */
        NOT_SERVED,
        /** Could not be told from what else varies from run to run. */
        UNDECIDED
    }

    /**
     * The answer to one question.
     *
     * @param note why, with the figures: up to 2,000 characters
     */
    public record Answer(Verdict verdict, String note) {
        public Answer {
            present(verdict, "verdict");
            requireNote(note, "note");
        }
    }

    /** An answer, without its reason. */
    public enum Verdict {
        YES,
        NO,
        /** Not seen, or not to be told. */
        UNDECIDED
    }

    private static void requireNote(@Nullable String note, String field) {
        require(
                InvalidInputException.present(note, field).length() <= LONGEST_NOTE,
                field,
                String.valueOf(note),
                "must be at most " + LONGEST_NOTE + " characters");
    }
}
