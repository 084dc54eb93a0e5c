package io.bohrwerk.emulator;

import io.bohrwerk.emulator.qemu.QemuSession;
import io.bohrwerk.emulator.qmp.QmpException;
import io.bohrwerk.protocol.target.TargetManifest;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Tracks a running guest's progress and detects a hang: no word for too long, or halted with nothing to wake it. */
final class Silence {
    /**
     * Under {@code sleep=off} a halted processor with a pending timer wakes at once; after this long there is none. With disks, virtual
     * time passes as fast as host time, so there it may stay halted for as long as an iteration may take.
     */
    private static final Duration HALTED_FOR_GOOD = Duration.ofSeconds(3);

    /** Between two reports, every iteration but one may take this many times its usual instructions before the silence is a hang. */
    private static final long SLOWEST = 100;

    /**
     * Where nothing is counted the guest runs on the host's clock, and a busy host gives it little CPU time: only a silence of this many
     * times the limit, and of at least {@link #LEAST_FREE_PATIENCE}, is a hang.
     */
    private static final int FREE_PATIENCE = 4;

    private static final Duration LEAST_FREE_PATIENCE = Duration.ofSeconds(20);

    private final QemuSession emulator;
    private final boolean counted;
    private final long limit;
    private final long freeNanos;
    private final Duration haltedForGood;

    private long seenWords;
    /** At or after the instruction of the last word. */
    private long lastWord;
    /** Before the instruction of the last word. */
    private long beforeLastWord;

    private long seen;
    /** A poll earlier. */
    private long seenBefore;

    private long lastAdvance = System.nanoTime();
    private @Nullable String hang;

    /** @param counted whether the machine can be asked for its instruction count */
    Silence(QemuSession emulator, Batch batch, TargetManifest manifest, boolean counted) {
        this.emulator = emulator;
        this.counted = counted;
        long perIteration =
                manifest.test().iterationTimeout().instructions(batch.schedule().shift())
                        + batch.schedule().longestDelay();
        this.limit = limit(batch, perIteration);
        // Delays do not count: their instructions run at host speed.
        this.freeNanos = Math.max(
                LEAST_FREE_PATIENCE.toNanos(),
                FREE_PATIENCE
                        * manifest.test().iterationTimeout().nanos()
                        * Math.min(batch.reportEvery(), batch.iterations()));
        this.haltedForGood = manifest.boot().disks().isEmpty()
                ? HALTED_FOR_GOOD
                : HALTED_FOR_GOOD.plusNanos(manifest.test().iterationTimeout().nanos());
    }

    /**
     * One iteration between two reports may use up its timeout. Once their usual length is known, not all of them may: with a thousand of
     * them a hang would be detected only after hours.
     *
     * @param most instructions that one may take
     */
    static long limit(Batch batch, long most) {
        int unreported = Math.min(batch.reportEvery(), batch.iterations());
        Long usual = batch.usualInstructions();
        long others = usual == null
                ? most
                : Math.min(most, SLOWEST * usual + batch.schedule().longestDelay());
        return most + (unreported - 1) * others;
    }

    /** @param first the instruction count before the guest runs */
    void begin(long first) {
        lastWord = first;
        beforeLastWord = first;
        seen = first;
        seenBefore = first;
    }

    /** Takes a look at the running machine. @param spoken how many words the agent has said */
    void poll(long spoken) throws QmpException {
        if (!counted) {
            if (spoken != seenWords) {
                seenWords = spoken;
                lastAdvance = System.nanoTime();
            } else if (System.nanoTime() - lastAdvance > freeNanos) {
                hang = "no word for " + (System.nanoTime() - lastAdvance) / 1_000_000_000
                        + " s of host time, the limit is " + freeNanos / 1_000_000_000;
            }
            return;
        }
        long count = emulator.instructionCount();
        if (spoken != seenWords) {
            seenWords = spoken;
            beforeLastWord = seen;
            lastWord = count;
        }
        seenBefore = seen;
        if (count != seen) {
            seen = count;
            lastAdvance = System.nanoTime();
        } else if (System.nanoTime() - lastAdvance > haltedForGood.toNanos() && emulator.halted()) {
            hang = "halted, with no interrupt to come";
        }
        // A word is seen late, never early, so this is at most the true silence: a hang is never declared too early.
        if (count - lastWord > limit) {
            hang = "no word for " + (count - lastWord) + " instructions, the limit is " + limit;
        }
    }

    /** The machine has stopped. */
    void stand(long last) {
        seen = last;
    }

    /** Why the guest is hung; null when it is not. */
    @Nullable
    String hang() {
        return hang;
    }

    /** The instruction count at the latest look. */
    long seen() {
        return seen;
    }

    /** The instruction count at the look before that. */
    long seenBefore() {
        return seenBefore;
    }

    /** An instruction count before the agent's last word. */
    long beforeLastWord() {
        return beforeLastWord;
    }
}
