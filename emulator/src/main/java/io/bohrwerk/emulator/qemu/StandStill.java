package io.bohrwerk.emulator.qemu;

import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import java.time.Duration;

/**
 * Notices that a replay no longer moves. It never will again: QEMU waits forever for an event that is not in its recording. A replay executes
 * millions of instructions a second; a host that gives it no time at all for this long is of no use.
 */
public final class StandStill {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static final String STUCK = "the replay has been stuck at instruction ";

    private final String causes;
    private long seen = -1;
    private long movedAt = System.nanoTime();

    /** @param causes what may be to blame, for the message */
    public StandStill(String causes) {
        this.causes = causes;
    }

    /**
     * Call it now and then while the replay runs.
     *
     * @throws InfrastructureException of kind {@code HOST_TIME_LIMIT} when it has stood there for too long
     */
    public void check(long instruction) throws InfrastructureException {
        if (instruction != seen) {
            seen = instruction;
            movedAt = System.nanoTime();
        } else if (System.nanoTime() - movedAt > LIMIT.toNanos()) {
            throw new InfrastructureException(
                    InfrastructureTrouble.HOST_TIME_LIMIT,
                    STUCK + seen + " for " + LIMIT.toSeconds() + " s: " + causes);
        }
    }

    /** Whether a trouble is that a replay stood still. */
    public static boolean isIn(InfrastructureException trouble) {
        return trouble.kind() == InfrastructureTrouble.HOST_TIME_LIMIT
                && String.valueOf(trouble.getMessage()).startsWith(STUCK);
    }

    /** The instruction count at the latest check; -1 before the first. */
    public long seen() {
        return seen;
    }
}
