package io.bohrwerk.emulator.qemu;

import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.emulator.qmp.QmpEvent;
import io.bohrwerk.emulator.qmp.QmpException;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.target.TargetManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One confined emulator, from its start to its end: the base under runs, replays, traces and the debugger. Every verb has a limit, and
 * closing it kills what is left. One thread uses it at a time.
 */
public final class QemuSession implements AutoCloseable {
    private static final Duration COMMAND_LIMIT = Duration.ofSeconds(30);
    /** Writing the memory of an 8 GiB guest to a slow disk. */
    private static final Duration SNAPSHOT_LIMIT = Duration.ofMinutes(5);

    private static final Duration LAST_WORDS = Duration.ofSeconds(2);
    private static final Duration REPLAY_POLL = Duration.ofMillis(500);
    private static final Pattern PROGRAM_COUNTER = Pattern.compile("[ER]IP=([0-9a-fA-F]+)");

    private final Home home;
    private final String serialFile;
    private final Pipes pipes;
    private final QemuProcess qemu;
    /** One permit or more when something may have stopped the machine. */
    private final Semaphore woken = new Semaphore(0);

    private final Listener listener;

    /**
     * Where a machine's emulators run, one at a time.
     *
     * @param qemu what they can do
     * @param directory holds the files that {@link QemuCommandLine} names
     * @param cell what they may reach
     * @param started told of each process at once, so that it can be killed while it is starting
     */
    public record Home(
            Qemu qemu, TargetManifest manifest, Path directory, Confinement.Cell cell, Consumer<Process> started) {}

    /** Told of what happens, on threads that must not be blocked. */
    public interface Listener {
        void event(QmpEvent event);

        /** The process is gone. */
        void exited();

        /** Asked now and then by whoever waits for the machine: what makes waiting pointless; null when nothing does. */
        @Nullable
        InfrastructureException trouble();
    }

    private static final Listener NOBODY = new Listener() {
        @Override
        public void event(QmpEvent event) {}

        @Override
        public void exited() {}

        @Override
        public @Nullable InfrastructureException trouble() {
            return null;
        }
    };

    private QemuSession(Home home, Launch launch, Map<String, Pipes.Sink> sinks, Listener listener)
            throws InfrastructureException, IOException {
        this.home = home;
        this.listener = listener;
        this.serialFile = launch.serialFile(home.manifest());
        for (String name : List.of(QemuCommandLine.CONSOLE, serialFile, QemuCommandLine.MERGED)) {
            Files.deleteIfExists(home.directory().resolve(name));
        }
        this.pipes = Pipes.read(home.directory(), sinks);
        if (!sinks.containsKey(serialFile)) {
            Files.createFile(home.directory().resolve(serialFile)); // QEMU creates files, but no pipes
        }
        try {
            this.qemu = QemuProcess.start(
                    QemuCommandLine.of(home.manifest(), home.qemu().hpet(), launch),
                    home.directory(),
                    home.cell(),
                    event -> {
                        listener.event(event);
                        woken.release();
                    },
                    process -> {
                        process.onExit().thenRun(() -> {
                            listener.exited();
                            woken.release();
                        });
                        home.started().accept(process);
                    });
        } catch (InfrastructureException e) {
            pipes.release();
            throw e;
        }
    }

    /**
     * Starts an emulator whose output is read while it runs.
     *
     * @param sinks by the names of their FIFOs
     */
    public static QemuSession start(Home home, Launch launch, Map<String, Pipes.Sink> sinks, Listener listener)
            throws InfrastructureException, IOException {
        return new QemuSession(home, launch, sinks, listener);
    }

    /**
     * Starts an emulator whose consoles are plain files. What a file holds when the machine stops is exactly what the guest had printed,
     * which a pipe and its reader could not promise.
     */
    public static QemuSession withConsolesInFiles(Home home, Launch launch)
            throws InfrastructureException, IOException {
        return new QemuSession(home, launch, Map.of(), NOBODY);
    }

    /** The file to which the first serial port, or port 0xe9, is written. */
    public Path console(boolean serial) {
        return home.directory().resolve(serial ? serialFile : QemuCommandLine.CONSOLE);
    }

    /** The instruction count of a machine that records or replays; 0 elsewhere. */
    public long instructionCount() throws QmpException {
        return instructionCount(COMMAND_LIMIT);
    }

    public long instructionCount(Duration limit) throws QmpException {
        return execute("query-replay", Map.of(), limit).path("icount").asLong(0);
    }

    /** Address of the next instruction. */
    public long programCounter() throws QmpException {
        Matcher matcher = PROGRAM_COUNTER.matcher(registers());
        if (!matcher.find()) {
            throw new QmpException("the emulator tells no program counter");
        }
        return Long.parseUnsignedLong(matcher.group(1), 16);
    }

    /** Whether every CPU waits for an interrupt. */
    public boolean halted() throws QmpException {
        String all = human("info registers -a");
        return all.contains("HLT=1") && !all.contains("HLT=0");
    }

    public String registers() throws QmpException {
        return human("info registers");
    }

    public boolean running() throws QmpException {
        return execute("query-status", Map.of(), COMMAND_LIMIT).path("running").asBoolean(false);
    }

    public void resume() throws QmpException {
        execute("cont", Map.of(), COMMAND_LIMIT);
    }

    public void pause() throws QmpException {
        execute("stop", Map.of(), COMMAND_LIMIT);
    }

    /** Has a replay stop by itself at an instruction. */
    public void breakAt(long instruction, Duration limit) throws QmpException {
        execute("replay-break", Map.of("icount", instruction), limit);
    }

    /** Takes back {@link #breakAt}. */
    public void deleteBreak(Duration limit) throws QmpException {
        execute("replay-delete-break", Map.of(), limit);
    }

    /**
     * Replays to an instruction that is not behind, or to where the machine stops earlier.
     *
     * @throws InfrastructureException as {@link #awaitReplayPause}
     */
    public void replayTo(long instruction, Deadline deadline) throws InfrastructureException, QmpException {
        breakAt(instruction, COMMAND_LIMIT);
        resume();
        awaitReplayPause(deadline);
    }

    /**
     * Waits until the machine stands still. Events alone do not tell: a panic is reported before the processor has stopped.
     *
     * @throws InfrastructureException of kind {@code HOST_TIME_LIMIT} when it runs on beyond {@code limit}
     */
    public void awaitPause(Duration limit) throws InfrastructureException, QmpException {
        Deadline deadline = Deadline.in(limit);
        while (running()) {
            if (!awaitWake(deadline.left())) {
                throw new InfrastructureException(
                        InfrastructureTrouble.HOST_TIME_LIMIT,
                        "the machine did not stop within " + limit.toMillis() + " ms");
            }
        }
    }

    /**
     * Waits until a replay stops.
     *
     * @throws InfrastructureException of kind {@code HOST_TIME_LIMIT} when it is stuck, or runs on beyond the deadline
     */
    public void awaitReplayPause(Deadline deadline) throws InfrastructureException, QmpException {
        StandStill progress = new StandStill("the recording ends there, or belongs to another batch");
        while (running()) {
            if (deadline.passed()) {
                throw new InfrastructureException(
                        InfrastructureTrouble.HOST_TIME_LIMIT,
                        "the replay did not stop within its limit; it came to instruction " + progress.seen());
            }
            Duration left = deadline.left();
            if (!awaitWake(left.compareTo(REPLAY_POLL) < 0 ? left : REPLAY_POLL)) {
                progress.check(instructionCount());
            }
        }
    }

    /** @return whether something happened within the limit */
    private boolean awaitWake(Duration limit) throws InfrastructureException {
        boolean happened;
        try {
            happened = woken.tryAcquire(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InfrastructureException(InfrastructureTrouble.WORKER_STOPPED, "interrupted", e);
        }
        woken.drainPermits();
        InfrastructureException trouble = listener.trouble();
        if (trouble != null) {
            throw trouble;
        }
        if (gone()) {
            throw new InfrastructureException(
                    InfrastructureTrouble.EMULATOR_DIED, "the emulator died: " + describeExit());
        }
        return happened;
    }

    /**
     * Sets the first serial port's receive queue to interrupt at 8 bytes, whatever the guest's driver chose. QEMU hands a 16550A no more bytes
     * at once than its trigger level, or one where the queue is off, and each further one when its main loop comes round: in host time
     * (hw/char/serial.c, {@code serial_can_receive}). The queue's level is part of a snapshot, so one that is taken after this call finds
     * the whole line that starts a batch ({@link io.bohrwerk.emulator.script.LoopInput}) in the queue before it runs on.
     */
    public void queueSerialInput() throws QmpException {
        monitor("o/b 0x3fa 0x81");
    }

    public void saveSnapshot(String name) throws QmpException {
        monitor("savevm " + name);
    }

    public void deleteSnapshot(String name) throws QmpException {
        monitor("delvm " + name);
    }

    /** Translates one instruction to a block from here on. Call it before the machine runs: blocks that exist stay. */
    public void oneInstructionPerBlock() throws QmpException {
        monitor(home.qemu().stepping().command());
    }

    /** Logs these classes from here on; {@code none} for no more. */
    public void log(String classes) throws QmpException {
        monitor("log " + classes);
    }

    /** A line of the human monitor that has nothing to answer when all is well. */
    private void monitor(String line) throws QmpException {
        String answer = human(line).strip();
        if (!answer.isEmpty()) {
            throw new QmpException(line + ": " + answer);
        }
    }

    /** A line of the human monitor, and its answer. */
    public String human(String line) throws QmpException {
        try {
            return qemu.qmp().human(line, SNAPSHOT_LIMIT);
        } catch (QmpException e) {
            throw explained(e);
        }
    }

    private JsonNode execute(String command, Map<String, ?> arguments, Duration limit) throws QmpException {
        Duration most = limit.compareTo(COMMAND_LIMIT) < 0 ? limit : COMMAND_LIMIT;
        try {
            return qemu.qmp().execute(command, arguments, most);
        } catch (QmpException e) {
            throw explained(e);
        }
    }

    /** Its monitor is closed before an emulator that gives up has ended: says why it did, not only that it is gone. */
    private QmpException explained(QmpException e) {
        if (!e.isGone()) {
            return e;
        }
        try {
            return e.because(describeEnd());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return e;
        }
    }

    /** Whether the process is gone. */
    public boolean gone() {
        return qemu.onExit().isDone();
    }

    /** How the process ended, and what it wrote to its standard error, in one line. */
    public String describeExit() {
        return qemu.describeExit();
    }

    /** As {@link #describeExit}, of an emulator that seems to have just ended: its last words come a moment after its silence. */
    public String describeEnd() throws InterruptedException {
        awaitExit();
        return describeExit();
    }

    /**
     * The value with which the guest ended the emulator by the debug-exit device; null when the emulator is running, or ended for another
     * reason. QEMU exits with {@code value << 1 | 1}, of which a process can tell eight bits, and says nothing; when it gives up by itself,
     * with 1 as well, it says why.
     */
    public @Nullable Integer debugExit() {
        return qemu.silentExit()
                .filter(status -> (status & 1) == 1)
                .map(status -> status >> 1)
                .orElse(null);
    }

    /**
     * As {@link #debugExit}, of a machine that such an exit leaves paused ({@link Qemu#exitPauses}); QEMU keeps the value for its own end, so
     * call this after {@link #end}.
     */
    public @Nullable Integer pausedExit() {
        int status = home.qemu().exitPauses() ? qemu.exitStatus() : 0;
        return (status & 1) == 1 ? (Integer) (status >> 1) : null;
    }

    /** As {@link #debugExit}, of an emulator that seems to have just ended. @return whether the guest ended it */
    public boolean awaitDebugExit() {
        try {
            return awaitExit() && debugExit() != null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean awaitExit() throws InterruptedException {
        try {
            qemu.onExit().get(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException | ExecutionException e) {
            return false;
        }
    }

    /** Ends the emulator in an orderly way, which finishes a recording, and reads its output to its end. */
    public void end() throws IOException, InterruptedException, TimeoutException {
        qemu.end(COMMAND_LIMIT);
        drain();
    }

    /** Reads the output of an emulator that is gone to its end. */
    public void drain() throws IOException, InterruptedException, TimeoutException {
        pipes.drain();
    }

    /** Kills it at once: nothing is written any more. */
    public void kill() {
        qemu.killNow();
        pipes.release();
    }

    /** SIGTERM, then SIGKILL. */
    @Override
    public void close() {
        qemu.close();
        pipes.release();
    }
}
