package io.bohrwerk.emulator;

import io.bohrwerk.protocol.InvalidInputException;
import org.jspecify.annotations.Nullable;

/**
 * What a replay is to give besides the comparison with its run.
 *
 * @param logClasses what the emulator logs, as QEMU's {@code -d} takes it, for example {@code int,exec}; {@code none} for nothing, so
 *     that the merged log holds the guest's own lines alone
 * @param logFrom instruction count at which it begins to log; what lies before the batch means its beginning
 * @param logTo instruction count at which it ends; {@link Long#MAX_VALUE} for the batch's end
 * @param checkpoints whether the snapshots {@code before} and {@code failure} are taken
 * @param locates whether it is found out at which instruction the failure was said
 * @param failureLine the first line of the kernel's report that is the failure; null when none is
 */
public record ReplayPlan(
        String logClasses,
        long logFrom,
        long logTo,
        boolean checkpoints,
        boolean locates,
        @Nullable String failureLine) {
    private static final String NOTHING = "none";

    public ReplayPlan {
        InvalidInputException.require(logFrom <= logTo, "logFrom", logFrom, "must not be above logTo, " + logTo);
    }

    /** Of a part of a batch that need not hold its failure. */
    public ReplayPlan(String logClasses, long logFrom, long logTo, boolean checkpoints) {
        this(logClasses, logFrom, logTo, checkpoints, false, null);
    }

    /** Nothing but the comparison. */
    public static ReplayPlan comparison() {
        return new ReplayPlan(NOTHING, 0, Long.MAX_VALUE, false);
    }

    /** Both snapshots, and no log of the emulator's. */
    public static ReplayPlan bothCheckpoints() {
        return new ReplayPlan(NOTHING, 0, Long.MAX_VALUE, true);
    }

    /** What is kept of a failure: where it is, the log from before it on, and both snapshots. */
    public static ReplayPlan failure(BatchRun run, String logClasses) {
        return failure(run, logClasses, true);
    }

    /** @param checkpoints whether the snapshots are taken */
    public static ReplayPlan failure(BatchRun run, String logClasses, boolean checkpoints) {
        FailureSpot spot = run.spot();
        return new ReplayPlan(
                logClasses,
                run.beforeInstruction(),
                Long.MAX_VALUE,
                checkpoints,
                true,
                spot == null || !spot.report() ? null : spot.line());
    }

    /** The log of a part of the batch. */
    public static ReplayPlan log(String logClasses, Passes.Window window) {
        return new ReplayPlan(logClasses, window.fromInstruction(), window.toInstruction(), false);
    }

    boolean logs() {
        return !logClasses.equals(NOTHING);
    }
}
