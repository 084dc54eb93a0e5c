package io.bohrwerk.emulator;

import io.bohrwerk.emulator.log.MergedLogFile;
import io.bohrwerk.emulator.qemu.Confinement;
import io.bohrwerk.emulator.qemu.MachineFile;
import io.bohrwerk.emulator.qemu.QemuCommandLine;
import io.bohrwerk.emulator.qemu.QemuCommandLine.Phase;
import io.bohrwerk.emulator.qemu.QemuProcess;
import io.bohrwerk.emulator.qemu.StoredClock;
import io.bohrwerk.emulator.qmp.QmpException;
import io.bohrwerk.emulator.report.PanicPatterns;
import io.bohrwerk.emulator.trace.InterruptTracer;
import io.bohrwerk.emulator.trace.IterationTracer;
import io.bohrwerk.emulator.trace.LandingTracer;
import io.bohrwerk.emulator.trace.TickWatch;
import io.bohrwerk.emulator.trace.TraceLog;
import io.bohrwerk.mergedlog.LogSpan;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.schedule.Delays;
import io.bohrwerk.protocol.schedule.Setting;
import io.bohrwerk.protocol.target.ConsoleScript;
import io.bohrwerk.protocol.target.Disk;
import io.bohrwerk.protocol.target.TargetManifest;
import io.bohrwerk.protocol.traced.TestTrace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A machine for one target: prepares the snapshot {@code ready}, runs batches from it, replays them. One thread uses it at a time;
 * {@link #close} may be called from any, and ends what is under way.
 */
public final class Machine implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Machine.class);

    /** Two of QEMU's largest writes. */
    private static final long LEAST_ROOM = 128 << 10;

    /** QEMU 7.2's own words for a recording that ends too early, or is none. */
    private static final Pattern DAMAGED_RECORDING =
            Pattern.compile("error reading the replay data|invalid input log file version");

    private static final Pattern OTHER_SNAPSHOT =
            Pattern.compile("while loading VM state|does not have the requested snapshot");

    /**
     * Host time for a guest to get over a leap of its clock: some twenty million instructions, which at shift 5 are half a second of its
     * own. Linux tells of its stall in the first ticks.
     */
    private static final Duration SETTLING = Duration.ofSeconds(2);

    private static final String MERGED_LOG = "merged.log.zst";
    private static final String MERGED_LOG_INDEX = "merged.log.idx";

    private static final byte[] NO_DELAYS = new byte[Integer.BYTES];

    private final TargetFiles target;
    private final EmulatorSettings settings;
    private final Path directory;
    private final Confinement.Cell cell;
    /** Held while an emulator runs: the directory goes only after it. */
    private final ReentrantLock use = new ReentrantLock();

    private @Nullable Process process;
    private volatile boolean closed;

    Machine(TargetFiles target, EmulatorSettings settings, Path directory, Confinement.Cell cell) {
        this.target = target;
        this.settings = settings;
        this.directory = directory;
        this.cell = cell;
        target.lendTo(cell);
    }

    /**
     * Boots the target until its agent says that it is ready, and takes the snapshot.
     *
     * @return a qcow2 image with the snapshot {@code ready}; it goes with the machine, so move it elsewhere
     */
    public Path prepare() throws InfrastructureException {
        return prepare(RunMode.RECORDED);
    }

    /**
     * As {@link #prepare()}, for runs in a mode. A guest learns while it boots how fast its clocks run, so one that is to run
     * {@link RunMode#FREE} must boot so, too; all others share a snapshot.
     */
    public Path prepare(RunMode mode) throws InfrastructureException {
        Path image = directory.resolve(QemuCommandLine.STATE);
        return using("cannot prepare the target", () -> {
            createImage(image);
            configure(null);
            int shift = target.manifest().machine().bootShift();
            try (ConsoleDriver driver = driver();
                    Session session = start(
                            mode == RunMode.FREE ? Phase.BOOT_FREE : Phase.BOOT,
                            shift,
                            passed -> {},
                            null,
                            null,
                            null)) {
                if (driver == null) {
                    BootWatch.awaitReady(session, settings.readyLimit());
                } else {
                    driver.drive(session, settings.readyLimit());
                }
                session.pause();
                if (driver != null) {
                    session.queueSerialInput();
                }
                long count = storeReady(session);
                if (mode != RunMode.FREE) {
                    StoredClock.rebase(image, count, shift);
                }
            } catch (InfrastructureException e) {
                throw BootWatch.blame(e);
            }
            return image;
        });
    }

    /** Who drives the guest while it boots; null when an agent in it does so. */
    private @Nullable ConsoleDriver driver() throws IOException {
        ConsoleScript script = target.manifest().test().console().orElse(null);
        return script == null ? null : new ConsoleDriver(target.manifest(), script, directory);
    }

    /**
     * Takes a snapshot over to another icount shift. Virtual time is instructions times 2<sup>shift</sup>, so at the change it leaps: after
     * three seconds of booting, by a minute and more. To a guest's watchdogs its processor stood still for so long, and Linux tells of an
     * RCU stall at the next tick. Here it may tell so before any batch.
     *
     * @param ready an image from {@link #prepare}; it is copied
     * @return an image with the snapshot {@code ready} at that shift; it goes with the machine, so move it elsewhere
     * @throws InvalidInputException as {@link #run(Path, Batch, RunMode, LongConsumer)}
     */
    public Path settle(Path ready, int shift) throws InfrastructureException {
        requireShift(shift);
        Path image = directory.resolve(QemuCommandLine.STATE);
        return using("cannot take the snapshot to another shift", () -> {
            Files.copy(ready, image, StandardCopyOption.REPLACE_EXISTING);
            configure(null);
            try (Session session = start(Phase.COUNT, shift, passed -> {}, null, null, null)) {
                session.resume();
                BootWatch.awaitQuiet(session, SETTLING);
                session.pause();
                session.deleteSnapshot(QemuCommandLine.READY);
                StoredClock.rebase(image, storeReady(session), shift);
            }
            return image;
        });
    }

    /**
     * Stores the paused machine and ends its emulator.
     *
     * @return the instruction count there; 0 when nothing is counted
     */
    private static long storeReady(Session session)
            throws IOException, InterruptedException, TimeoutException, InfrastructureException {
        long count = session.instructionCount();
        session.saveSnapshot(QemuCommandLine.READY);
        session.end();
        return count;
    }

    private void requireShift(int shift) {
        int bootShift = target.manifest().machine().bootShift();
        InvalidInputException.require(
                shift >= bootShift,
                "schedule.shift",
                shift,
                "must not be below the target's bootShift of " + bootShift);
    }

    /**
     * Runs a batch, recorded.
     *
     * @param ready an image from {@link #prepare}, or from {@link #settle} if the batch's shift is another; it is copied
     * @param progress told how many iterations have passed, as the agent reports it
     */
    public BatchRun run(Path ready, Batch batch, LongConsumer progress) throws InfrastructureException {
        return run(ready, batch, RunMode.RECORDED, progress);
    }

    /**
     * As {@link #run(Path, Batch, LongConsumer)}, in a mode of your choice.
     *
     * @throws InvalidInputException when the batch's shift is below the one that the snapshot was booted at: virtual time would fall
     *     back, and no timer fire until it has caught up
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
        long began = System.nanoTime();
        return using("cannot run the batch", () -> {
            Files.copy(ready, directory.resolve(QemuCommandLine.STATE), StandardCopyOption.REPLACE_EXISTING);
            configure(batch);
            Phase phase = switch (mode) {
                case RECORDED -> Phase.RECORD;
                case COUNTED -> Phase.COUNT;
                case FREE -> Phase.FREE;
            };
            PanicPatterns patterns = PanicPatterns.with(target.manifest().test().panicPatterns());
            List<String> command = QemuCommandLine.of(
                    target.manifest(), phase, batch.schedule().shift());
            if (Setting.logged(batch.schedule().setting())) {
                command = QemuCommandLine.logging(command);
            }
            BatchWords words = batch.words();
            BatchRun run;
            try (Session session = start(command, progress, patterns, null, null, words)) {
                run = new BatchWatch(
                                session, words, batch, target.manifest(), settings, mode == RunMode.RECORDED, unwanted)
                        .run(began, directory.resolve(QemuCommandLine.RECORDING));
            }
            return mode == RunMode.RECORDED && run.exit() != null && run.outcome() != Outcome.PASSED
                    ? run.endingAt(end(ready, batch, run))
                    : run;
        });
    }

    /** The last instruction count of a guest that ended its emulator, which took its count with it. */
    private long end(Path ready, Batch batch, BatchRun run)
            throws InfrastructureException, IOException, InterruptedException, TimeoutException {
        layOut(ready, batch, run.recording());
        return finder(batch, QemuCommandLine.READY, run.lastInstruction(), Long.MAX_VALUE)
                .find(FailureFinder.Wanted.debugExit(), null);
    }

    private FailureFinder finder(Batch batch, String snapshot, long low, long high) {
        return new FailureFinder(snap -> files(batch, snap), settings.replayLimit(), snapshot, low, high);
    }

    /** Replays with consoles in files. */
    private Session files(Batch batch, String snapshot) throws InfrastructureException, IOException {
        return new Session(
                directory,
                QemuCommandLine.of(
                        target.manifest(), Phase.TRACE, batch.schedule().shift(), snapshot),
                QemuCommandLine.serialOutput(target.manifest(), snapshot),
                cell,
                this::started);
    }

    /**
     * Finds the instruction at which the guest began to say its failure, after a replay that left the machine's image with a snapshot near
     * before it, and puts the snapshot {@code failure} there.
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
            if (closed) {
                throw e;
            }
            // A busy host read the line long after it was printed, or the snapshot is one that no replay starts from.
            LOG.info("the failure is looked for once more, from the beginning of its batch: {}", e.getMessage());
        }
        Path image = directory.resolve(QemuCommandLine.STATE);
        Path kept = directory.resolve("kept.qcow2");
        Files.move(image, kept, StandardCopyOption.REPLACE_EXISTING);
        layOut(ready, batch, run.recording());
        long at;
        try {
            at = finder(batch, QemuCommandLine.READY, run.firstInstruction(), run.lastInstruction())
                    .find(line, null);
        } finally {
            Files.move(kept, image, StandardCopyOption.REPLACE_EXISTING);
        }
        if (checkpoint) {
            try (Session session = files(batch, ReplayWatch.BEFORE)) {
                session.breakAt(at);
                session.resume();
                session.awaitReplayPause(settings.replayLimit());
                session.deleteSnapshot(ReplayWatch.FAILURE);
                session.saveSnapshot(ReplayWatch.FAILURE);
                session.end();
            }
        }
        return at;
    }

    /**
     * Runs a batch that goes on after a failing iteration, counted and not recorded, to learn the truth about its schedule.
     *
     * @param batch one that {@link Batch#goOn goes on}
     * @return which iterations failed, from 1
     * @throws InfrastructureException of kind {@code INTERNAL} when the guest does not get through: what it died of says nothing about the
     *     iterations behind it
     */
    public List<Long> sweep(Path ready, Batch batch) throws InfrastructureException {
        InvalidInputException.require(batch.goOn(), "batch.goOn", false, "must be true");
        long began = System.nanoTime();
        return using("cannot run the sweep", () -> {
            Files.copy(ready, directory.resolve(QemuCommandLine.STATE), StandardCopyOption.REPLACE_EXISTING);
            configure(batch);
            BatchWords words = batch.words();
            try (Session session = start(Phase.COUNT, batch.schedule().shift(), passed -> {}, null, null, words)) {
                BatchRun run = new BatchWatch(session, words, batch, target.manifest(), settings, false, () -> false)
                        .run(began, directory.resolve(QemuCommandLine.RECORDING));
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
     *     {@code HOST_TIME_LIMIT} when the replay stands still, as it does when the recording is cut off or of another batch
     */
    public ReplayRun replay(Path ready, Batch batch, BatchRun run, Path recording, ReplayPlan plan)
            throws InfrastructureException {
        return using("cannot replay the batch", () -> {
            layOut(ready, batch, recording);
            Path log = directory.resolve(MERGED_LOG);
            // The session closes first: its reader writes into the log.
            try (MergedLogFile merged = new MergedLogFile(
                    log,
                    settings.mergedLogLimit().bytes(),
                    directory.resolve(MERGED_LOG_INDEX),
                    new LogSpan(1, batch.iterations(), batch.reportEvery()),
                    TargetSymbols.of(target))) {
                if (plan.failureLine() != null) {
                    merged.failsAt(plan.failureLine());
                }
                BatchWords words = batch.words();
                ReplayRun replay = replaying(
                        () -> start(Phase.REPLAY, batch.schedule().shift(), passed -> {}, null, merged, words),
                        session -> new ReplayWatch(session, words, run, plan, settings.replayLimit())
                                .run(directory.resolve(QemuCommandLine.STATE), log, merged));
                FailureSpot spot = run.spot();
                return plan.locates() && replay.verified() && spot != null && run.failureInstruction() < 0
                        ? located(replay, ready, batch, run, spot, plan.checkpoints())
                        : replay;
            }
        });
    }

    private ReplayRun located(
            ReplayRun replay, Path ready, Batch batch, BatchRun run, FailureSpot spot, boolean checkpoint)
            throws InfrastructureException, IOException, InterruptedException, TimeoutException {
        long began = System.nanoTime();
        long at;
        try {
            at = locate(ready, batch, run, spot, checkpoint);
        } catch (InfrastructureException | QmpException e) {
            if (closed) {
                throw e;
            }
            LOG.warn("the failure is taken to be where the machine stopped: {}", e.getMessage());
            return replay;
        }
        return replay.failingAt(at, Duration.ofNanos(System.nanoTime() - began));
    }

    /**
     * Finds out where in a batch its iterations passed, by a replay of its own.
     *
     * @throws InfrastructureException as {@link #replay(Path, Batch, BatchRun, Path, ReplayPlan)}
     */
    public Passes passes(Path ready, Batch batch, BatchRun run, Path recording) throws InfrastructureException {
        return using("cannot replay the batch", () -> {
            layOut(ready, batch, recording);
            TargetManifest manifest = target.manifest();
            String serial = QemuCommandLine.serialOutput(manifest, QemuCommandLine.READY);
            Path console = directory.resolve(
                    manifest.test().driver() == TargetManifest.Driver.CONSOLE ? serial : QemuCommandLine.CONSOLE);
            return replaying(
                    () -> new Session(
                            directory,
                            QemuCommandLine.of(
                                    manifest, Phase.REPLAY, batch.schedule().shift()),
                            serial,
                            cell,
                            this::started),
                    session -> new PassFinder(session, run, console, settings.replayLimit()).run());
        });
    }

    /**
     * Replays a batch from a station to a later instruction, and stores the machine there.
     *
     * @param into where the image is to lie
     * @throws InfrastructureException as {@link #replay(Path, Batch, BatchRun, Path, ReplayPlan)}
     */
    public Station advance(Station from, Batch batch, Path recording, long instruction, Path into)
            throws InfrastructureException {
        return using("cannot replay the batch", () -> {
            layOut(from.image(), batch, recording);
            List<String> command = QemuCommandLine.of(
                    target.manifest(), Phase.TRACE, batch.schedule().shift(), from.snapshot());
            String serial = QemuCommandLine.serialOutput(target.manifest(), from.snapshot());
            Station there = replaying(() -> new Session(directory, command, serial, cell, this::started), session -> {
                session.breakAt(instruction);
                session.resume();
                session.awaitReplayPause(settings.replayLimit());
                long at = session.instructionCount();
                if (at != instruction) {
                    throw new InfrastructureException(
                            InfrastructureTrouble.BLOB_MISSING,
                            "the replay stopped at instruction " + at + " instead of " + instruction
                                    + ": the recording is cut off, or is not of this batch");
                }
                long pc = session.programCounter();
                session.deleteSnapshot(from.snapshot());
                session.saveSnapshot(Station.NAME);
                session.end();
                return new Station(
                        into,
                        Station.NAME,
                        instruction,
                        pc,
                        StoredClock.find(directory.resolve(QemuCommandLine.STATE), instruction),
                        from.console() + said(QemuCommandLine.CONSOLE),
                        from.serial() + said(serial));
            });
            Files.copy(directory.resolve(QemuCommandLine.STATE), into, StandardCopyOption.REPLACE_EXISTING);
            return there;
        });
    }

    private String said(String console) throws IOException {
        return new String(
                MachineFile.head(
                        directory.resolve(console), settings.consoleLimit().bytes()),
                StandardCharsets.ISO_8859_1);
    }

    /**
     * Lets the machine itself go on from a station, recorded, in another time: every timer comes later by the same. It ends as a batch
     * does, or when an iteration has passed, as far as the agent reports it.
     *
     * @param from one that {@link Station#hasClock has a clock}, of a target with an agent
     * @param batch in which the guest stands there
     * @param holdBack nanoseconds of virtual time; with 0 it goes the recorded way
     * @param iteration the last that is waited for
     * @return iterations are counted from the batch's beginning. It {@code PASSED} when that iteration did
     */
    public BatchRun goOn(Station from, Batch batch, long holdBack, long iteration) throws InfrastructureException {
        InvalidInputException.require(from.hasClock(), "from", from.snapshot(), "must have a clock");
        long began = System.nanoTime();
        return using("cannot go on from a checkpoint", () -> {
            Path image = directory.resolve(QemuCommandLine.STATE);
            Files.copy(from.image(), image, StandardCopyOption.REPLACE_EXISTING);
            StoredClock.holdBack(image, from.clock(), holdBack);
            configure(batch);
            PanicPatterns patterns = PanicPatterns.with(target.manifest().test().panicPatterns());
            List<String> command = QemuCommandLine.of(
                    target.manifest(), Phase.RECORD, batch.schedule().shift(), from.snapshot());
            BatchWords words = batch.words();
            try (Session session = start(command, passed -> {}, patterns, null, from, words)) {
                session.waitFor(iteration);
                return new BatchWatch(session, words, batch, target.manifest(), settings, true, () -> false)
                        .run(began, directory.resolve(QemuCommandLine.RECORDING));
            }
        });
    }

    /** A replay's use of its emulator; what the emulator says when it gives up tells which of its files is to blame. */
    private <T> T replaying(Opener opener, SessionUse<T> use)
            throws InfrastructureException, IOException, InterruptedException, TimeoutException {
        String said = "";
        try (Session session = opener.open()) {
            try {
                return use.get(session);
            } catch (InfrastructureException | QmpException e) {
                said = session.describeEnd();
                throw e;
            }
        } catch (InfrastructureException | QmpException e) {
            String message = String.valueOf(e.getMessage());
            String words = message.contains(said) ? message : message + " " + said;
            if (DAMAGED_RECORDING.matcher(words).find()) {
                throw new InfrastructureException(
                        InfrastructureTrouble.BLOB_MISSING,
                        "the recording is damaged: it is cut off, or is none (" + words.strip() + ")",
                        e);
            }
            if (OTHER_SNAPSHOT.matcher(words).find()) {
                throw new InfrastructureException(
                        InfrastructureTrouble.BLOB_MISSING,
                        "the snapshot is of another target, or damaged (" + words.strip() + ")",
                        e);
            }
            throw e;
        }
    }

    @FunctionalInterface
    private interface Opener {
        Session open() throws InfrastructureException, IOException;
    }

    @FunctionalInterface
    private interface SessionUse<T> {
        T get(Session session) throws InfrastructureException, IOException, InterruptedException, TimeoutException;
    }

    private void layOut(Path ready, Batch batch, Path recording) throws IOException {
        Files.copy(ready, directory.resolve(QemuCommandLine.STATE), StandardCopyOption.REPLACE_EXISTING);
        Path here = directory.resolve(QemuCommandLine.RECORDING);
        if (!recording.equals(here)) {
            Files.copy(recording, here, StandardCopyOption.REPLACE_EXISTING);
        }
        configure(batch);
    }

    /**
     * Replays a batch of {@link IterationTracer#schedule} and learns what its second iteration executed. Costs about a microsecond for
     * each instruction up to there, and no disk.
     *
     * @param recording of the batch
     * @throws InfrastructureException of kind {@code INTERNAL} when the replay does not hold what is looked for: the batch failed before
     *     that, the test is too long, or the guest's timer does not tick at the period that the target tells
     */
    public TestTrace trace(Path ready, Batch batch, Path recording) throws InfrastructureException {
        return using("cannot trace the batch", () -> {
            IterationTracer tracer = new IterationTracer(batch.schedule());
            follow(ready, batch, recording, tracer, true);
            TestTrace trace = tracer.trace();
            if (trace == null) {
                throw new InfrastructureException(
                        InfrastructureTrouble.INTERNAL,
                        "the trace does not hold an iteration: " + tracer.logged()
                                + " instructions were looked at, of at most " + IterationTracer.MOST_INSTRUCTIONS);
            }
            return trace;
        });
    }

    /**
     * Replays a batch that ran to its end and tells which instructions its timer's ticks interrupted.
     *
     * @return program counters, in the order of the ticks
     */
    public List<Long> landings(Path ready, Batch batch, Path recording) throws InfrastructureException {
        return using("cannot replay the batch", () -> {
            TickWatch ticks = new TickWatch();
            follow(ready, batch, recording, ticks, false);
            return ticks.landings();
        });
    }

    /**
     * Replays a batch instruction by instruction and tells at which offsets the first ticks behind its delays landed. Costs as much as a
     * {@link #trace}, for each iteration.
     *
     * @return as {@link LandingTracer#landings}
     */
    public List<@Nullable Long> offsets(Path ready, Batch batch, Path recording) throws InfrastructureException {
        return using("cannot trace the batch", () -> {
            LandingTracer tracer = new LandingTracer(batch.schedule());
            follow(ready, batch, recording, tracer, true);
            return tracer.landings();
        });
    }

    /**
     * Replays a batch instruction by instruction and tells when devices interrupted it. Costs about a microsecond for each instruction.
     *
     * @param most instructions that are looked at
     */
    public List<InterruptTracer.Interrupt> interrupts(Path ready, Batch batch, Path recording, long most)
            throws InfrastructureException {
        return using("cannot trace the batch", () -> {
            InterruptTracer tracer = new InterruptTracer(most);
            follow(ready, batch, recording, tracer, true);
            return tracer.interrupts();
        });
    }

    private void follow(Path ready, Batch batch, Path recording, TraceLog.Events events, boolean everyInstruction)
            throws InfrastructureException, IOException, InterruptedException, TimeoutException {
        layOut(ready, batch, recording);
        List<String> command = QemuCommandLine.of(
                target.manifest(), Phase.TRACE, batch.schedule().shift());
        try (TraceSession session = new TraceSession(directory, command, cell, new TraceLog(events), this::started)) {
            session.run(everyInstruction, settings.replayLimit());
        }
    }

    @FunctionalInterface
    private interface Use<T> {
        T get() throws InfrastructureException, IOException, InterruptedException, TimeoutException;
    }

    /** Runs one use of the machine; every trouble comes out with its kind. */
    private <T> T using(String complaint, Use<T> task) throws InfrastructureException {
        use.lock();
        try {
            T result = task.get();
            if (noRoomLeft()) {
                throw new InfrastructureException(
                        InfrastructureTrouble.DISK_FULL, complaint + ": no room left in " + directory.getParent());
            }
            return result;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InfrastructureException(InfrastructureTrouble.WORKER_STOPPED, "interrupted", e);
        } catch (InfrastructureException | IOException | TimeoutException e) {
            if (closed) {
                throw new InfrastructureException(InfrastructureTrouble.WORKER_STOPPED, "the machine was closed", e);
            }
            InfrastructureException known =
                    e instanceof InfrastructureException trouble ? trouble : trouble(complaint, e);
            throw noRoomLeft() && known.kind() == InfrastructureTrouble.EMULATOR_DIED
                    ? new InfrastructureException(
                            InfrastructureTrouble.DISK_FULL, complaint + ": no room left: " + known.getMessage(), known)
                    : known;
        } finally {
            use.unlock();
        }
    }

    /** QEMU 7.2 loses a recording on a full disk without a word, and tells of a lost snapshot as an input/output error. */
    private boolean noRoomLeft() {
        try {
            return Files.getFileStore(directory).getUsableSpace() < LEAST_ROOM;
        } catch (IOException e) {
            return false; // the directory is gone, which is another trouble
        }
    }

    /** Ends what is running and takes the private directory away. */
    @Override
    public void close() {
        Process running;
        synchronized (this) {
            closed = true;
            running = process;
        }
        if (running != null) {
            QemuProcess.kill(running);
        }
        use.lock();
        try {
            Workspace.deleteTree(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot take away " + directory, e);
        } finally {
            use.unlock();
        }
    }

    private Session start(
            Phase phase,
            int shift,
            LongConsumer progress,
            @Nullable PanicPatterns patterns,
            @Nullable MergedLogFile merged,
            @Nullable BatchWords words)
            throws InfrastructureException, IOException {
        return start(QemuCommandLine.of(target.manifest(), phase, shift), progress, patterns, merged, null, words);
    }

    private Session start(
            List<String> command,
            LongConsumer progress,
            @Nullable PanicPatterns patterns,
            @Nullable MergedLogFile merged,
            @Nullable Station from,
            @Nullable BatchWords words)
            throws InfrastructureException, IOException {
        return new Session(
                directory,
                command,
                QemuCommandLine.serialOutput(target.manifest(), QemuCommandLine.READY),
                cell,
                settings.consoleLimit().bytes(),
                progress,
                patterns,
                merged,
                from,
                words,
                this::started);
    }

    private synchronized void started(Process started) {
        process = started;
        if (closed) {
            started.destroyForcibly();
        }
    }

    /**
     * The files that a guest finds in fw_cfg while it runs a batch, by the names that QEMU's command line gives them, and what is typed on
     * its console if it is driven by that: what replaying a recording by hand needs besides the target's files. Each character is a byte
     * (ISO 8859-1).
     *
     * @throws InvalidInputException when the batch cannot be typed
     */
    public static Map<String, String> configuration(TargetManifest manifest, Batch batch) {
        return configuration(manifest, batch.text(), Delays.file(batch.schedule()), batch.typed(manifest));
    }

    private static Map<String, String> configuration(
            TargetManifest manifest, String batch, byte[] delays, String typed) {
        StringBuilder test =
                new StringBuilder("format " + manifest.test().format().word() + "\n");
        for (String subtest : manifest.test().expectedFailures()) {
            test.append("expect ").append(subtest).append('\n');
        }
        byte[] rules = test.toString().getBytes(StandardCharsets.UTF_8);
        Map<String, String> files = new HashMap<>();
        files.put(QemuCommandLine.BATCH, batch);
        files.put(QemuCommandLine.DELAYS, new String(delays, StandardCharsets.ISO_8859_1));
        files.put(QemuCommandLine.TEST, new String(rules, StandardCharsets.ISO_8859_1));
        if (manifest.test().driver() == TargetManifest.Driver.CONSOLE) {
            files.put(QemuCommandLine.INPUT, typed);
        }
        return Map.copyOf(files);
    }

    /** @param batch null when there is none yet */
    private void configure(@Nullable Batch batch) throws IOException {
        TargetManifest manifest = target.manifest();
        Map<String, String> files = batch == null
                ? configuration(manifest, Batch.waiting(), NO_DELAYS, "")
                : configuration(manifest, batch);
        for (Map.Entry<String, String> file : files.entrySet()) {
            Path at = directory.resolve(file.getKey());
            Files.deleteIfExists(at); // it may be the pipe of a boot
            Files.writeString(at, file.getValue(), StandardCharsets.ISO_8859_1);
        }
    }

    private void createImage(Path image) throws IOException, InterruptedException, InfrastructureException {
        Files.deleteIfExists(image);
        List<String> command = new ArrayList<>(List.of("qemu-img", "create", "-q", "-f", "qcow2"));
        List<Disk> disks = target.manifest().boot().disks();
        Disk below = target.manifest().boot().writableDisk().orElse(null);
        if (below == null) {
            command.addAll(List.of(QemuCommandLine.STATE, "1M"));
        } else {
            // Without a look at the image below, which is not lent yet: its size is known from its header.
            command.addAll(List.of(
                    "-u",
                    "-F",
                    below.format() == Disk.Format.QCOW2 ? "qcow2" : "raw",
                    "-b",
                    QemuCommandLine.disk(disks.indexOf(below)),
                    QemuCommandLine.STATE,
                    Long.toString(target.diskSize(below))));
        }
        Process create = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        try {
            if (!create.waitFor(30, TimeUnit.SECONDS) || create.exitValue() != 0) {
                String said = create.isAlive()
                        ? "no answer"
                        : new String(create.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                throw new IOException("qemu-img: " + said.strip());
            }
        } finally {
            create.destroyForcibly();
        }
    }

    static InfrastructureException flooded() {
        return new InfrastructureException(
                InfrastructureTrouble.CONSOLE_FLOOD, "the guest printed more than its console may hold");
    }

    static InfrastructureException trouble(String what, Exception e) {
        String message = String.valueOf(e.getMessage());
        InfrastructureTrouble kind = InfrastructureTrouble.INTERNAL;
        if (message.toLowerCase(Locale.ROOT).contains("no space left on device")) {
            kind = InfrastructureTrouble.DISK_FULL;
        } else if (e instanceof QmpException) {
            kind = InfrastructureTrouble.EMULATOR_DIED;
        } else if (e instanceof java.nio.file.NoSuchFileException) {
            kind = InfrastructureTrouble.BLOB_MISSING;
        }
        return new InfrastructureException(kind, what + ": " + message, e);
    }
}
