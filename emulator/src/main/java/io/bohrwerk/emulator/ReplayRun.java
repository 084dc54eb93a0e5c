package io.bohrwerk.emulator;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A replayed failure, and what was taken from the replay.
 *
 * @param difference what was not as in the run: empty when iteration, instruction count and console are the same
 * @param lastInstruction where the replay stopped
 * @param beforeInstruction instruction count of the snapshot {@code before}, from where the log begins
 * @param image a qcow2 image with the snapshots {@code before} and {@code failure}. Goes with the machine
 * @param mergedLog the merged log from {@code before} to the failure, zstd. Goes with the machine
 * @param mergedLogBytes its size before compression
 * @param mergedLogIndex its index, see {@code LogReader}; null when there is none. Goes with the machine
 * @param took host time
 */
public record ReplayRun(
        String difference,
        long lastInstruction,
        long beforeInstruction,
        Path image,
        Path mergedLog,
        long mergedLogBytes,
        @Nullable Path mergedLogIndex,
        Duration took) {
    public boolean verified() {
        return difference.isEmpty();
    }
}
