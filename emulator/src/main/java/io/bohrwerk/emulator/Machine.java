package io.bohrwerk.emulator;

import io.bohrwerk.emulator.qemu.Confinement;
import io.bohrwerk.emulator.qemu.Execution;
import io.bohrwerk.emulator.qemu.Instrument;
import io.bohrwerk.emulator.qemu.Launch;
import io.bohrwerk.emulator.qemu.Qemu;
import io.bohrwerk.emulator.qemu.QemuCommandLine;
import io.bohrwerk.emulator.report.PanicPatterns;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.batch.Again;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.schedule.Setting;
import io.bohrwerk.protocol.schedule.Shift;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;

/**
 * A machine for one target: prepares the snapshot {@code ready}, runs batches from it, replays them. One thread uses it at a time;
 * {@link #close} may be called from any, and ends what is under way.
 */
public final class Machine implements AutoCloseable {
    private final MachineHome home;
    private final Preparation preparation;
    private final Replaying replaying;

    Machine(Qemu qemu, TargetFiles target, EmulatorSettings settings, Path directory, Confinement.Cell cell) {
        this.home = new MachineHome(qemu, target, settings, directory, cell);
        this.preparation = new Preparation(home);
        this.replaying = new Replaying(home);
    }

    /**
     * Boots the target until its agent says that it is ready, and takes the snapshot.
     *
     * @return a qcow2 image with the snapshot {@code ready}; it goes with the machine, so move it elsewhere
     */
    public Path prepare() throws InfrastructureException {
        return prepare(RunMode.COUNTED);
    }

    /**
     * As {@link #prepare()}, for runs in a mode. A guest calibrates its clocks while it boots, so one that is to run {@link RunMode#FREE}
     * must boot so, too; all others share a snapshot.
     */
    public Path prepare(RunMode mode) throws InfrastructureException {
        return preparation.boot(mode, home.manifest().machine().bootShift());
    }

    /**
     * Takes a snapshot to another icount shift. Virtual time is instructions times 2<sup>shift</sup>, so at the change it jumps: after
     * three seconds of booting, by a minute and more. To a guest's watchdogs its processor was stuck for so long, and Linux reports an RCU
     * stall at the next tick. Here it may do so before any batch.
     *
     * <p>A guest of several CPUs is booted anew at the shift: of Linux snapshots taken at 1, those continued at 2, 5, 6 and 7 ran on, and the
     * one at 4 hung.
     *
     * @param ready an image from {@link #prepare}; it is copied
     * @return an image with the snapshot {@code ready} at that shift; it goes with the machine, so move it elsewhere
     * @throws InvalidInputException as {@link #run(Path, Batch, RunMode, LongConsumer)}
     */
    public Path settle(Path ready, int shift) throws InfrastructureException {
        requireShift(shift);
        return home.manifest().machine().severalCpus()
                ? preparation.boot(RunMode.COUNTED, shift)
                : preparation.settle(ready, shift);
    }

    private void requireShift(int shift) {
        Shift.requireAfterBoot(
                "schedule.shift", shift, home.manifest().machine().bootShift());
    }

    /**
     * Runs a batch so that it can go the same way once more: recorded, or with several CPUs counted.
     *
     * @param ready an image from {@link #prepare}, or from {@link #settle} if the batch's shift is another; it is copied
     * @param progress told how many iterations have passed, as the agent reports it
     */
    public BatchRun run(Path ready, Batch batch, LongConsumer progress) throws InfrastructureException {
        return run(ready, batch, repeatable(), progress);
    }

    private RunMode repeatable() {
        return RunMode.of(Again.of(null, home.manifest().machine().cpus()));
    }

    /**
     * Runs a batch once more and compares it with a run that was counted: how a failure is verified where nothing is recorded.
     *
     * @param run as {@link #run} gave it, or {@link BatchRun#recorded}
     * @return what differs, in words; empty when nothing does
     */
    public String repeat(Path ready, Batch batch, BatchRun run) throws InfrastructureException {
        return Verification.ofRepeat(run, run(ready, batch, RunMode.COUNTED, passed -> {}));
    }

    /**
     * As {@link #run(Path, Batch, LongConsumer)}, in a mode of your choice.
     *
     * @throws InvalidInputException when the batch's shift is below the one that the snapshot was booted at: virtual time would go
     *     backwards, and no timer fire until it has caught up; or when it is to be recorded and the guest has several CPUs
     */
    public BatchRun run(Path ready, Batch batch, RunMode mode, LongConsumer progress) throws InfrastructureException {
        return run(ready, batch, mode, progress, () -> false);
    }

    /**
     * As {@link #run(Path, Batch, RunMode, LongConsumer)}, until nobody wants more of it.
     *
     * @param unwanted asked several times a second. The run then ends as one that passed, with the iterations that had; unless something
     *     has failed by then
     */
    public BatchRun run(Path ready, Batch batch, RunMode mode, LongConsumer progress, BooleanSupplier unwanted)
            throws InfrastructureException {
        if (mode != RunMode.FREE) {
            requireShift(batch.schedule().shift());
        }
        InvalidInputException.require(
                mode != RunMode.RECORDED || !home.manifest().machine().severalCpus(),
                "mode",
                mode,
                "must be COUNTED: QEMU records a guest of one CPU only");
        home.manifest().requireServes(batch.schedule().slices(), "schedule.slices");
        long began = System.nanoTime();
        return home.using("cannot run the batch", () -> {
            home.files().layOut(ready, batch);
            Execution execution = mode.execution(batch.schedule());
            Launch launch = Launch.from(QemuCommandLine.READY, execution);
            if (Setting.logged(batch.schedule().setting())) {
                launch = launch.with(new Instrument.DiscardedLog());
            }
            boolean recorded = execution instanceof Execution.Recorded;
            PanicPatterns patterns = PanicPatterns.with(home.manifest().test().panicPatterns());
            BatchWords words = batch.words();
            boolean counted = mode != RunMode.FREE;
            BatchRun run;
            try (Guest guest = home.start(launch, GuestVoice.Interest.in(words, progress, patterns))) {
                run = new BatchWatch(guest, words, batch, home.manifest(), home.settings(), counted, unwanted)
                        .run(began, home.files().recording());
            }
            return recorded && run.exit() != null && run.outcome() != Outcome.PASSED
                    ? run.endingAt(replaying.lastInstruction(ready, batch, run))
                    : run;
        });
    }

    /**
     * Runs a batch that goes on after a failing iteration, counted and not recorded, to learn the truth about its schedule.
     *
     * @param batch one that {@link Batch#goOn goes on}
     * @return which iterations failed, from 1
     * @throws InfrastructureException of kind {@code INTERNAL} when the guest does not get through: what it died of says nothing about the
     *     iterations after it
     */
    public List<Long> sweep(Path ready, Batch batch) throws InfrastructureException {
        InvalidInputException.require(batch.goOn(), "batch.goOn", false, "must be true");
        long began = System.nanoTime();
        return home.using("cannot run the sweep", () -> {
            home.files().layOut(ready, batch);
            BatchWords words = batch.words();
            Execution execution = RunMode.COUNTED.execution(batch.schedule());
            try (Guest guest =
                    home.start(Launch.from(QemuCommandLine.READY, execution), GuestVoice.Interest.in(words))) {
                BatchRun run = new BatchWatch(guest, words, batch, home.manifest(), home.settings(), false, () -> false)
                        .run(began, home.files().recording());
                if (run.outcome() != Outcome.PASSED) {
                    throw new InfrastructureException(
                            InfrastructureTrouble.INTERNAL,
                            "the sweep ended at iteration " + run.iterations() + ": " + run.reason());
                }
                return words.failing();
            }
        });
    }

    /**
     * Replays a failing batch from its recording, checks that it goes the same way, and takes from the replay a snapshot before the
     * failing iteration, one at the failure, and the merged log between the two.
     *
     * @param ready the image that the run started from; it is copied
     * @param logClasses what the emulator logs, as QEMU's {@code -d} takes it, for example {@code int}
     */
    public ReplayRun replay(Path ready, Batch batch, BatchRun run, Path recording, String logClasses)
            throws InfrastructureException {
        return replay(ready, batch, run, recording, ReplayPlan.failure(run, logClasses));
    }

    /**
     * Replays a batch, a passing one too, from its recording, and checks that it goes the same way.
     *
     * @param ready the image that the run started from; it is copied
     * @param run as {@link #run} gave it, or {@link BatchRun#recorded}
     * @throws InfrastructureException of kind {@code BLOB_MISSING} when the image is not the one that the batch ran from, of kind
     *     {@code HOST_TIME_LIMIT} when the replay gets stuck, as it does when the recording is cut off or of another batch
     */
    public ReplayRun replay(Path ready, Batch batch, BatchRun run, Path recording, ReplayPlan plan)
            throws InfrastructureException {
        return replaying.replay(ready, batch, run, recording, plan);
    }

    /**
     * Finds out where in a batch its iterations passed, by a replay of its own.
     *
     * @throws InfrastructureException as {@link #replay(Path, Batch, BatchRun, Path, ReplayPlan)}
     */
    public Passes passes(Path ready, Batch batch, BatchRun run, Path recording) throws InfrastructureException {
        return replaying.passes(ready, batch, run, recording);
    }

    /** What its batches execute, instruction by instruction. */
    public Tracing tracing() {
        return new Tracing(home);
    }

    /** Its states on the way of a batch. */
    public Stations stations() {
        return new Stations(home);
    }

    /** Ends what is running and deletes the private directory. */
    @Override
    public void close() {
        home.close();
    }
}
