package io.bohrwerk.emulator;

import io.bohrwerk.emulator.log.MergedLogFile;
import io.bohrwerk.emulator.qemu.Deadline;
import io.bohrwerk.emulator.qemu.QemuCommandLine;
import io.bohrwerk.emulator.qemu.QemuSession;
import io.bohrwerk.emulator.qmp.QmpException;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Lets a recording replay to where the run stopped, and compares. */
final class ReplayWatch {
    static final String BEFORE = "before";
    static final String FAILURE = "failure";

    private final QemuSession emulator;
    private final GuestVoice voice;
    private final BatchWords words;
    private final BatchRun run;
    private final ReplayPlan plan;
    private final Deadline deadline;
    private final long began = System.nanoTime();
    private boolean failureSaved;
    private long before;
    private long logFrom;
    private long logTo;

    /** @param words take what the agent says */
    ReplayWatch(Guest guest, BatchWords words, BatchRun run, ReplayPlan plan, Duration limit) {
        this.emulator = guest.emulator();
        this.voice = guest.voice();
        this.words = words;
        this.run = run;
        this.plan = plan;
        this.deadline = Deadline.in(limit);
    }

    ReplayRun run(MachineFiles files, MergedLogFile merged)
            throws InfrastructureException, IOException, InterruptedException, TimeoutException {
        long first = emulator.instructionCount();
        if (first != run.firstInstruction()) {
            throw otherStart(run.firstInstruction(), first);
        }
        // The image is to hold what leads to the failure; its room is better used by that.
        emulator.deleteSnapshot(QemuCommandLine.READY);
        before = first;
        logFrom = first;
        logTo = first;
        boolean savesBefore = plan.checkpoints();
        boolean starts = plan.logs();
        boolean ends = plan.logs() && plan.logTo() < run.lastInstruction();
        FailureSpot spot = run.spot();
        boolean located = run.failureInstruction() >= 0;
        boolean savesFailure = plan.checkpoints() && located && run.failureInstruction() < run.lastInstruction();
        boolean savesNear = plan.locates() && !located && spot != null;
        // The stops on the way, the nearest first. A batch that goes its own way may stop for good before one of them.
        while (savesBefore || starts || ends || savesFailure || savesNear) {
            long save = savesBefore ? reachable(run.beforeInstruction()) : Long.MAX_VALUE;
            long start = starts ? reachable(plan.logFrom()) : Long.MAX_VALUE;
            long end = ends ? plan.logTo() : Long.MAX_VALUE;
            long fails = savesFailure ? reachable(run.failureInstruction()) : Long.MAX_VALUE;
            long near = savesNear && spot != null ? reachable(Math.max(first, spot.after())) : Long.MAX_VALUE;
            long next = Math.min(Math.min(fails, near), Math.min(save, Math.min(start, end)));
            if (next > emulator.instructionCount()) {
                goTo(next);
            }
            if (save == next) {
                emulator.saveSnapshot(BEFORE);
                before = emulator.instructionCount();
                savesBefore = false;
            }
            if (near == next) {
                emulator.saveSnapshot(FailureFinder.NEAR);
                savesNear = false;
            }
            if (fails == next) {
                emulator.saveSnapshot(FAILURE);
                failureSaved = true;
                savesFailure = false;
            }
            if (start == next) {
                emulator.log(plan.logClasses());
                logFrom = emulator.instructionCount();
                starts = false;
            }
            if (end == next) {
                emulator.log("none");
                logTo = emulator.instructionCount();
                ends = false;
            }
        }
        long last = run.lastInstruction();
        Integer exit = null;
        if (run.exit() == null) {
            last = toTheEnd();
        } else {
            exit = toTheExit();
        }
        merged.finish(logFrom, logTo);
        Verification.Replayed replayed = new Verification.Replayed(
                last,
                exit,
                Ending.Spoken.of(words),
                voice.console().digest(),
                voice.serial().digest());
        return new ReplayRun(
                Verification.ofReplay(run, replayed),
                last,
                run.failureInstruction(),
                merged.failingIteration(),
                before,
                files.state(),
                new ReplayRun.Log(logFrom, logTo, files.mergedLog(), merged.bytes(), merged.indexFile(), merged.cut()),
                Duration.ofNanos(System.nanoTime() - began));
    }

    private long toTheEnd() throws InfrastructureException, IOException, InterruptedException, TimeoutException {
        if (run.stoppedByGuest()) {
            emulator.resume();
            awaitPause();
        } else {
            goTo(run.lastInstruction());
        }
        long stopped = emulator.instructionCount();
        emulator.log("none");
        logsTo(stopped);
        if (plan.checkpoints() && !failureSaved) {
            emulator.saveSnapshot(FAILURE);
        }
        emulator.end();
        return stopped;
    }

    /** A guest that ends its emulator takes the instruction count with it. @return the debug-exit value; null when it stopped instead */
    private @Nullable Integer toTheExit()
            throws InfrastructureException, IOException, InterruptedException, TimeoutException {
        try {
            emulator.resume();
            awaitPause();
            emulator.end();
        } catch (InfrastructureException | QmpException e) {
            if (!emulator.awaitDebugExit()) {
                throw e;
            }
            emulator.drain();
        }
        logsTo(run.lastInstruction());
        return emulator.debugExit();
    }

    private void logsTo(long last) {
        if (plan.logs() && plan.logTo() >= run.lastInstruction()) {
            logTo = last;
        }
    }

    /** At its last instruction a guest stops the machine itself; a stop of ours at the same one is never reached. */
    private long reachable(long instruction) {
        return run.stoppedByGuest() ? Math.min(instruction, run.lastInstruction() - 1) : instruction;
    }

    /** Nothing that follows would be of this batch, and QEMU would wait for events that never come. */
    static InfrastructureException otherStart(long recorded, long found) {
        return new InfrastructureException(
                InfrastructureTrouble.BLOB_MISSING,
                "the snapshot is not the one that the batch ran from: it is at instruction " + found + " instead of "
                        + recorded);
    }

    private void goTo(long instruction) throws InfrastructureException, IOException {
        emulator.replayTo(instruction, deadline);
    }

    private void awaitPause() throws InfrastructureException, IOException {
        emulator.awaitReplayPause(deadline);
    }
}
