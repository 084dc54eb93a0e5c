package io.bohrwerk.emulator;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A replayed batch, and what was taken from the replay.
 *
 * @param difference what was not as in the run, see {@link Verification#ofReplay}; empty when nothing was
 * @param lastInstruction where the replay stopped
 * @param failureInstruction where the failure is, see {@link BatchRun.Where}; {@link BatchRun#UNKNOWN} when nobody asked
 * @param failingIteration in which a kernel's report began, by the merged log; 0 where nothing was reported
 * @param beforeInstruction instruction count of the snapshot {@code before}; of the batch's beginning when none was taken
 * @param image a qcow2 image, with the snapshots {@code before} and {@code failure} if these were asked for. Goes with the machine
 * @param took host time
 */
public record ReplayRun(
        String difference,
        long lastInstruction,
        long failureInstruction,
        long failingIteration,
        long beforeInstruction,
        Path image,
        Log log,
        Duration took) {
    /**
     * The merged log.
     *
     * @param from instruction count at which the emulator's log begins
     * @param to instruction count at which it ends
     * @param file zstd. Goes with the machine
     * @param bytes its size before compression
     * @param index see {@code LogReader}; null when there is none. Goes with the machine
     * @param cut whether it reached its limit, and the rest was dropped
     */
    public record Log(
            long from,
            long to,
            Path file,
            long bytes,
            @Nullable Path index,
            boolean cut) {}

    /** The same, and the failure was found, which took more host time. */
    ReplayRun failingAt(long instruction, Duration more) {
        return new ReplayRun(
                difference,
                lastInstruction,
                instruction,
                failingIteration,
                beforeInstruction,
                image,
                log,
                took.plus(more));
    }

    public boolean verified() {
        return difference.isEmpty();
    }
}
