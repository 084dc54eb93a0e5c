package io.bohrwerk.emulator.debug;

import io.bohrwerk.emulator.TargetFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A failure on this host's disk, with all that replaying it needs.
 *
 * @param configuration the guest's fw_cfg texts by the names of their files, see {@link io.bohrwerk.emulator.GuestInput}
 * @param shift the icount shift of its batch
 * @param recording QEMU's record/replay log of the batch
 * @param snapshots at least one
 * @param last the instruction count at which the run stopped
 * @param failing the one at which the guest began to say that it failed: where a debugger starts. At most {@code last}
 * @param iteration that failed
 * @param reportEvery the agent reported after this many iterations
 */
public record DebuggedFailure(
        TargetFiles target,
        Map<String, String> configuration,
        int shift,
        Path recording,
        List<Snapshot> snapshots,
        long last,
        long failing,
        long iteration,
        int reportEvery) {
    public DebuggedFailure {
        configuration = Map.copyOf(configuration);
        snapshots = List.copyOf(snapshots);
        if (snapshots.isEmpty()) {
            throw new IllegalArgumentException("no snapshot to start from");
        }
    }

    /** One whose run stopped right at its failure. */
    public DebuggedFailure(
            TargetFiles target,
            Map<String, String> configuration,
            int shift,
            Path recording,
            List<Snapshot> snapshots,
            long last,
            long iteration,
            int reportEvery) {
        this(target, configuration, shift, recording, snapshots, last, last, iteration, reportEvery);
    }

    /**
     * A state of the machine on the way to the failure.
     *
     * @param image a qcow2 image, which is never written to
     * @param name of the snapshot in it
     */
    public record Snapshot(long icount, Path image, String name) {}
}
