package io.bohrwerk.emulator;

import io.bohrwerk.emulator.log.MergedLogFile;
import io.bohrwerk.emulator.qemu.Deadline;
import io.bohrwerk.emulator.qemu.Execution;
import io.bohrwerk.emulator.qemu.Instrument;
import io.bohrwerk.emulator.qemu.Launch;
import io.bohrwerk.emulator.qemu.QemuCommandLine;
import io.bohrwerk.emulator.qemu.QemuSession;
import io.bohrwerk.emulator.qmp.QmpException;
import io.bohrwerk.mergedlog.LogSpan;
import io.bohrwerk.protocol.target.TargetTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Replays recorded batches, and finds in them where something happened. */
final class Replaying {
    private static final Logger LOG = LoggerFactory.getLogger(Replaying.class);

    private final MachineHome home;

    Replaying(MachineHome home) {
        this.home = home;
    }

    /** As {@link Machine#replay(Path, Batch, BatchRun, Path, ReplayPlan)}. */
    ReplayRun replay(Path ready, Batch batch, BatchRun run, Path recording, ReplayPlan plan)
            throws InfrastructureException {
        return home.using("cannot replay the batch", () -> {
            home.files().layOut(ready, batch, recording);
            // The emulator ends first: its reader writes into the log.
            try (MergedLogFile merged = new MergedLogFile(
                    home.files().mergedLog(),
                    home.settings().mergedLogLimit().bytes(),
                    home.files().mergedLogIndex(),
                    new LogSpan(1, batch.iterations(), batch.reportEvery()),
                    TargetSymbols.of(home.target()))) {
                if (plan.failureLine() != null) {
                    merged.failsAt(plan.failureLine());
                }
                BatchWords words = batch.words();
                ReplayRun replay = DamagedInput.blame(
                        () -> home.start(
                                replay(batch, QemuCommandLine.READY).with(new Instrument.MergedLog()),
                                GuestVoice.Interest.in(words),
                                merged),
                        guest -> new ReplayWatch(
                                        guest, words, run, plan, home.settings().replayLimit())
                                .run(home.files(), merged));
                FailureSpot spot = run.spot();
                return plan.locates() && replay.verified() && spot != null && run.failureInstruction() < 0
                        ? located(replay, ready, batch, run, spot, plan.checkpoints())
                        : replay;
            }
        });
    }

    private static Launch replay(Batch batch, String snapshot) {
        return Launch.from(snapshot, new Execution.Replayed(batch.schedule().shift()));
    }

    private ReplayRun located(
            ReplayRun replay, Path ready, Batch batch, BatchRun run, FailureSpot spot, boolean checkpoint)
            throws InfrastructureException, IOException, InterruptedException, TimeoutException {
        long began = System.nanoTime();
        long at;
        try {
            at = locate(ready, batch, run, spot, checkpoint);
        } catch (InfrastructureException | QmpException e) {
            if (home.closed()) {
                throw e;
            }
            LOG.warn(
                    "cannot find the failure's instruction, taking the one at which the machine stopped: {}",
                    e.getMessage());
            return replay;
        }
        return replay.failingAt(at, Duration.ofNanos(System.nanoTime() - began));
    }

    /**
     * Finds the instruction at which the guest began to print its failure, after a replay that left the machine's image with a snapshot
     * shortly before it, and puts the snapshot {@code failure} there.
     *
     * @param checkpoint whether there is such a snapshot
     */
    private long locate(Path ready, Batch batch, BatchRun run, FailureSpot spot, boolean checkpoint)
            throws InfrastructureException, IOException, InterruptedException, TimeoutException {
        FailureFinder.Wanted line = FailureFinder.Wanted.line(spot);
        try {
            return finder(batch, FailureFinder.NEAR, Math.max(run.firstInstruction(), spot.after()), spot.until())
                    .find(line, checkpoint ? ReplayWatch.FAILURE : null);
        } catch (InfrastructureException | QmpException e) {
            if (home.closed()) {
                throw e;
            }
            // A busy host read the line long after it was printed, or no replay starts from the snapshot.
            LOG.info("searching the failure again from the beginning of its batch: {}", e.getMessage());
        }
        Path image = home.files().state();
        Path kept = image.resolveSibling("kept.qcow2");
        Files.move(image, kept, StandardCopyOption.REPLACE_EXISTING);
        home.files().layOut(ready, batch, run.recording());
        long at;
        try {
            at = finder(batch, QemuCommandLine.READY, run.firstInstruction(), run.lastInstruction())
                    .find(line, null);
        } finally {
            Files.move(kept, image, StandardCopyOption.REPLACE_EXISTING);
        }
        if (checkpoint) {
            try (QemuSession emulator = consolesInFiles(batch, ReplayWatch.BEFORE)) {
                emulator.replayTo(at, Deadline.in(home.settings().replayLimit()));
                emulator.deleteSnapshot(ReplayWatch.FAILURE);
                emulator.saveSnapshot(ReplayWatch.FAILURE);
                emulator.end();
            }
        }
        return at;
    }

    /** The last instruction count of a guest that ended its emulator, which took its count with it. */
    long lastInstruction(Path ready, Batch batch, BatchRun run)
            throws InfrastructureException, IOException, InterruptedException, TimeoutException {
        home.files().layOut(ready, batch, run.recording());
        return finder(batch, QemuCommandLine.READY, run.lastInstruction(), Long.MAX_VALUE)
                .find(FailureFinder.Wanted.debugExit(), null);
    }

    private FailureFinder finder(Batch batch, String snapshot, long low, long high) {
        return new FailureFinder(
                from -> consolesInFiles(batch, from), home.settings().replayLimit(), snapshot, low, high);
    }

    private QemuSession consolesInFiles(Batch batch, String snapshot) throws InfrastructureException, IOException {
        return home.startWithConsolesInFiles(replay(batch, snapshot).with(new Instrument.OwnLog()));
    }

    /** As {@link Machine#passes}. */
    Passes passes(Path ready, Batch batch, BatchRun run, Path recording) throws InfrastructureException {
        return home.using("cannot replay the batch", () -> {
            home.files().layOut(ready, batch, recording);
            boolean driven = home.manifest().test().driver() == TargetTest.Driver.CONSOLE;
            return DamagedInput.blame(
                    () -> consolesInFiles(batch, QemuCommandLine.READY),
                    emulator -> emulator,
                    emulator -> new PassFinder(
                                    emulator,
                                    run,
                                    emulator.console(driven),
                                    home.settings().replayLimit())
                            .run());
        });
    }
}
