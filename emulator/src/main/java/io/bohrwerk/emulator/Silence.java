package io.bohrwerk.emulator;

import io.bohrwerk.emulator.qemu.QemuSession;
import io.bohrwerk.emulator.qmp.QmpException;
import io.bohrwerk.protocol.target.TargetManifest;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Follows how far a running guest has come, and finds out when it is hung: no word for too long, or halted with nothing to wake it. */
final class Silence {
    /**
     * A halted processor under {@code sleep=off} wakes at once when there is any timer to wake it; after this long there is none. With
     * disks time goes by as on the host, so there it may wait as long as an iteration may.
     */
    private static final Duration HALTED_FOR_GOOD = Duration.ofSeconds(3);

    /** How many times its usual instructions every iteration between two reports may take before their silence is a hang. */
    private static final long SLOWEST = 100;

    /**
     * Where nothing is counted the guest's clock is the host's, and a busy host gives the guest little of it: only a silence of so many times
     * the limit, and of no less than this, is taken for a hang.
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
        // A delay is over in no time: its instructions take as long as the host needs for them.
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
     * One iteration between two reports may take all the time it has. That all of them do is not to be waited for when it is known what
     * they usually take: with a thousand of them a hang would then be seen after hours.
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

    /** @param first the instruction at which the guest stands, before it runs */
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
                        + " s of the host's, the limit is " + freeNanos / 1_000_000_000;
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
        // A word's count is seen late, never early. So this is at most the true silence, and a hang is never called too
        // early.
        if (count - lastWord > limit) {
            hang = "no word for " + (count - lastWord) + " instructions, the limit is " + limit;
        }
    }

    /** The machine stands. */
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
