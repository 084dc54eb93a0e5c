package io.bohrwerk.emulator;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A replayed batch, and what was taken from the replay.
 *
 * @param difference what was not as in the run: empty when outcome, iteration, instruction count and consoles are the same
 * @param lastInstruction where the replay stopped
 * @param failureInstruction where the failure is, see {@link BatchRun#failureInstruction}; {@link BatchRun#UNKNOWN} when nobody asked
 * @param failingIteration in which a kernel\'s report began, by the merged log; 0 where nothing was reported
 * @param beforeInstruction instruction count of the snapshot {@code before}; of the batch's beginning when none was taken
 * @param logFrom instruction count at which the emulator's log begins
 * @param logTo instruction count at which it ends
 * @param image a qcow2 image, with the snapshots {@code before} and {@code failure} if these were asked for. Goes with the machine
 * @param mergedLog the merged log, zstd. Goes with the machine
 * @param mergedLogBytes its size before compression
 * @param mergedLogIndex its index, see {@code LogReader}; null when there is none. Goes with the machine
 * @param mergedLogCut whether it reached its limit, and the rest was dropped
 * @param took host time
 */
public record ReplayRun(
        String difference,
        long lastInstruction,
        long failureInstruction,
        long failingIteration,
        long beforeInstruction,
        long logFrom,
        long logTo,
        Path image,
        Path mergedLog,
        long mergedLogBytes,
        @Nullable Path mergedLogIndex,
        boolean mergedLogCut,
        Duration took) {
    /** The same, and the failure was found, which took some host time more. */
    ReplayRun failingAt(long instruction, Duration more) {
        return new ReplayRun(
                difference,
                lastInstruction,
                instruction,
                failingIteration,
                beforeInstruction,
                logFrom,
                logTo,
                image,
                mergedLog,
                mergedLogBytes,
                mergedLogIndex,
                mergedLogCut,
                took.plus(more));
    }

    public boolean verified() {
        return difference.isEmpty();
    }
}
