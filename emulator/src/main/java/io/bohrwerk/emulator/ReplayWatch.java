package io.bohrwerk.emulator;

import io.bohrwerk.emulator.log.MergedLogFile;
import io.bohrwerk.emulator.qemu.Deadline;
import io.bohrwerk.emulator.qemu.QemuCommandLine;
import io.bohrwerk.emulator.qemu.QemuSession;
import io.bohrwerk.emulator.qmp.QmpException;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.batch.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;

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
    private final List<String> differences = new ArrayList<>();
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
        long last = run.exit() == null ? toTheEnd() : toTheExit(run.exit());
        compareOutcome();
        compare("console", run.console(), voice.console().digest());
        compare("serial console", run.serial(), voice.serial().digest());
        merged.finish(logFrom, logTo);
        return new ReplayRun(
                String.join("; ", differences),
                last,
                run.failureInstruction(),
                merged.failingIteration(),
                before,
                logFrom,
                logTo,
                files.state(),
                files.mergedLog(),
                merged.bytes(),
                merged.indexFile(),
                merged.cut(),
                Duration.ofNanos(System.nanoTime() - began));
    }

    private long toTheEnd() throws InfrastructureException, IOException, InterruptedException, TimeoutException {
        if (run.stoppedByGuest()) {
            emulator.resume();
            awaitPause();
        } else {
            goTo(run.lastInstruction());
        }
        long last = emulator.instructionCount();
        compare("last instruction", run.lastInstruction(), last);
        emulator.log("none");
        logsTo(last);
        if (plan.checkpoints() && !failureSaved) {
            emulator.saveSnapshot(FAILURE);
        }
        emulator.end();
        return last;
    }

    /** A guest that ends its emulator takes the instruction count with it. */
    private long toTheExit(int value)
            throws InfrastructureException, IOException, InterruptedException, TimeoutException {
        try {
            emulator.resume();
            awaitPause();
            differences.add("the guest ended with debug-exit value " + value + ", in the replay it stopped");
        } catch (InfrastructureException | QmpException e) {
            if (!emulator.awaitDebugExit()) {
                throw e;
            }
        }
        Integer now = emulator.debugExit();
        if (now != null && now != value) {
            differences.add("debug-exit value was " + value + ", in the replay " + now);
        }
        emulator.drain();
        logsTo(run.lastInstruction());
        return run.lastInstruction();
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
                "the snapshot is another than the one that the batch ran from: it stands at instruction " + found
                        + " instead of " + recorded);
    }

    /** An agent that spoke in the run must say the same; of a guest that died without a word, the instruction count tells. */
    private void compareOutcome() {
        BatchWords.Failed failed = words.failed();
        boolean same = run.outcome() == Outcome.PASSED
                ? words.done() || words.passed() >= run.iterations()
                : run.outcome() != Outcome.FAILED || failed != null && failed.iteration() == run.iterations();
        if (!same) {
            differences.add("outcome was " + run.outcome() + " at iteration " + run.iterations()
                    + ", in the replay the agent said "
                    + (failed != null
                            ? "fail " + failed.iteration()
                            : words.done() ? "done" : "neither fail nor done, pass " + words.passed()));
        }
    }

    private void compare(String what, long recorded, long replayed) {
        if (recorded != replayed) {
            differences.add(what + " was " + recorded + ", in the replay " + replayed);
        }
    }

    private void compare(String what, Digest recorded, Digest replayed) {
        if (!recorded.equals(replayed)) {
            differences.add(what + " differs");
        }
    }

    private void goTo(long instruction) throws InfrastructureException, IOException {
        emulator.replayTo(instruction, deadline);
    }

    private void awaitPause() throws InfrastructureException, IOException {
        emulator.awaitReplayPause(deadline);
    }
}
