package io.bohrwerk.api.job;

/** Where a job is. */
public enum JobState {
    /** No batch of it has been seen running. */
    QUEUED(false),
    RUNNING(false),
    /** A stop rule was met. */
    COMPLETED(true),
    CANCELLED(true),
    /** Infrastructure trouble ended it; the message names it. */
    ERROR(true);

    private final boolean terminal;

    JobState(boolean terminal) {
        this.terminal = terminal;
    }

    /** Whether it stays so forever. */
    public boolean terminal() {
        return terminal;
    }
}
