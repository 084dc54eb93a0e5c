package io.bohrwerk.protocol.batch;

/** What came of replaying a failure's recording. */
public enum ReplayVerdict {
    /** The same iteration, instruction count and console. */
    VERIFIED,
    /** It went another way: the failure is kept and marked, and its replay is not to be trusted. */
    DIVERGED,
    /** Infrastructure trouble kept it from being replayed. */
    NOT_REPLAYED
}
