package io.bohrwerk.api.replay;

/** Where a replay is. */
enum ReplayState {
    /** In the outbox or in Kafka. */
    QUEUED(false),
    /** A worker's heartbeat tells of it. */
    RUNNING(false),
    /** Replayed to its end, whether it went the same way or not. */
    COMPLETED(true),
    /** No worker has the emulator that recorded it. */
    REFUSED(true),
    /** Infrastructure trouble that another attempt would meet again, or too many attempts. */
    ERROR(true);

    private final boolean terminal;

    ReplayState(boolean terminal) {
        this.terminal = terminal;
    }

    boolean terminal() {
        return terminal;
    }
}
