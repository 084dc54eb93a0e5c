package io.bohrwerk.api.statistics;

/** The answer to "is it fixed?", see {@link CleanRun}. */
public enum FixVerdict {
    /** It failed on the new target, too. */
    NOT_FIXED,
    /** As many iterations as were needed, and none failed. */
    NO_FAILURE_AT_CONFIDENCE,
    /** No failure, but too few iterations. */
    UNDECIDED;

    /** @param needed iterations without a failure, as {@link CleanRun#needed()} has it */
    public static FixVerdict of(long failures, long iterations, long needed) {
        if (failures > 0) {
            return NOT_FIXED;
        }
        return iterations >= needed ? NO_FAILURE_AT_CONFIDENCE : UNDECIDED;
    }
}
