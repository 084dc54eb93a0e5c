package io.bohrwerk.api.job;

/** Which rule completed a job. */
public enum StopReason {
    /** As many failures as it was to find. */
    FAILURES,
    /** The budget is used up. */
    ITERATIONS,
    /** Its real time is over. */
    WALL_TIME
}
