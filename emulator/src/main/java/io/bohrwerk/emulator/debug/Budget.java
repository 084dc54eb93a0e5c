package io.bohrwerk.emulator.debug;

import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import java.time.Duration;

/** How long a command may still take, and whether its user has broken it off. Safe for many threads. */
final class Budget {
    /** The user does not want to wait any longer. */
    static final class BrokenOff extends RuntimeException {
        private static final long serialVersionUID = 1L;

        BrokenOff() {
            super("broken off", null, false, false);
        }
    }

    private final Duration limit;
    private final long end;
    private volatile boolean brokenOff;

    Budget(Duration limit) {
        this.limit = limit;
        this.end = System.nanoTime() + limit.toNanos();
    }

    void breakOff() {
        brokenOff = true;
    }

    boolean isBrokenOff() {
        return brokenOff;
    }

    Duration left() {
        return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    }

    /**
     * Call it now and then.
     *
     * @throws BrokenOff when the user has broken the command off
     * @throws InfrastructureException of kind {@code HOST_TIME_LIMIT} when time is up
     */
    void check(String what) throws InfrastructureException {
        if (brokenOff) {
            throw new BrokenOff();
        }
        if (left().isZero()) {
            throw timeUp(what);
        }
    }

    InfrastructureException timeUp(String what) {
        return new InfrastructureException(
                InfrastructureTrouble.HOST_TIME_LIMIT, what + " did not end within " + limit.toSeconds() + " s");
    }
}
