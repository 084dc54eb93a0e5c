package io.bohrwerk.api.job;

/** Which rule completed a job. */
public enum StopReason {
    /** As many failures as it was to find. */
    FAILURES,
    /** The budget is used up. */
    ITERATIONS,
    /** The strategy has no schedule left that was not run: to run one again would repeat it instruction by instruction. */
    SCHEDULES,
    /** Its real time is over. */
    WALL_TIME,
    /** The rate is below the one that was named, with the confidence that was asked for. */
    RATE_BELOW
}
