package io.bohrwerk.emulator;

import io.bohrwerk.emulator.console.AgentLine;
import io.bohrwerk.emulator.console.ConsoleReader;
import io.bohrwerk.emulator.console.ConsoleText;
import io.bohrwerk.emulator.log.MergedLogFile;
import io.bohrwerk.emulator.qemu.Confinement;
import io.bohrwerk.emulator.qemu.QemuCommandLine;
import io.bohrwerk.emulator.qemu.QemuProcess;
import io.bohrwerk.emulator.qmp.QmpEvent;
import io.bohrwerk.emulator.qmp.QmpException;
import io.bohrwerk.emulator.report.PanicPatterns;
import io.bohrwerk.emulator.report.ReportScanner;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One emulator process with its consoles being read: what happens in it comes out of {@link #next} in order, from QEMU's events, the
 * agent's lines and the process's end alike.
 */
final class Session implements AutoCloseable {
    private static final Duration COMMAND_LIMIT = Duration.ofSeconds(30);
    /** Writing the memory of an 8 GiB guest to a slow disk. */
    private static final Duration SNAPSHOT_LIMIT = Duration.ofMinutes(5);
    /** Once the process is gone its consoles end at once; only a full disk under the merged log could hold them up. */
    private static final Duration DRAIN_LIMIT = Duration.ofMinutes(2);

    /** A replay goes through millions of instructions a second; on a host that gives it no time at all for this long, nothing works. */
    private static final Duration STANDS_STILL = Duration.ofSeconds(30);

    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    private static final Duration REPLAY_POLL = Duration.ofMillis(500);

    private static final Pattern PROGRAM_COUNTER = Pattern.compile("[ER]IP=([0-9a-fA-F]+)");

    private static final Duration RELEASE_LIMIT = Duration.ofSeconds(5);
    private static final Duration READER_POLL = Duration.ofMillis(100);

    /** Something that happened. */
    sealed interface Happening {
        /** The guest stopped, or the machine was stopped. */
        record Event(QmpEvent event) implements Happening {}

        /** The agent said something that ends the batch, or is none of its words in one. */
        record Said(AgentLine line) implements Happening {}

        /**
         * A kernel began to tell of its trouble; the scanner has what it says.
         *
         * @param serial whether on the first serial port
         * @param order of its first line among all lines read
         * @param passed the last iteration that was known to have passed then
         */
        record Reported(ReportScanner scanner, boolean serial, long order, long passed) implements Happening {}

        /** What a kernel told of its trouble is complete. */
        record Completed() implements Happening {}

        /** The agent said what cannot be; its words tell what. */
        record Broken() implements Happening {}

        /** So many iterations have passed as were waited for. */
        record Enough() implements Happening {}

        /** A guest that is driven over its serial console printed something there. */
        record Printed() implements Happening {}

        /** The guest printed more than it may. */
        record Flooded() implements Happening {}

        /** The process is gone. */
        record Exited() implements Happening {}
    }

    private final Path directory;
    private final BlockingQueue<Happening> happenings = new LinkedBlockingQueue<>();
    private final LongConsumer progress;
    private final List<Thread> readers = new ArrayList<>();
    private final ConsoleReader console;
    private final ConsoleReader serial;
    private final String serialFile;
    private final boolean driven;
    /** What a driven guest has printed; whether its driver knows that there is more. */
    private final ConsoleText printed = new ConsoleText();

    private final AtomicBoolean printedTold = new AtomicBoolean();
    private final @Nullable MergedLogFile merged;
    private final QemuProcess qemu;
    /** Numbers the lines of both consoles as they are read. */
    private final AtomicLong lines = new AtomicLong();
    /** Null while there is no batch. */
    private final @Nullable BatchWords words;

    private volatile @Nullable IOException readerFailure;
    private volatile long enough = Long.MAX_VALUE;

    /**
     * Starts the emulator in a directory that holds its files.
     *
     * @param serialFile by which the guest's first serial port is read; a guest that prints on {@link QemuCommandLine#OUTPUT} is driven
     *     over it, and speaks the guest protocol there
     * @param cell what it may reach
     * @param progress told how many iterations have passed, as the agent reports it
     * @param patterns how the guest's kernel tells of its trouble; null when nobody wants to know
     * @param merged where a replay's merged log goes; null when there is none
     * @param from where the machine goes on in the middle of a batch: what the guest had said is read again first; null at the beginning
     * @param words take what the agent says in a batch; null while there is none
     * @param started told of the process at once
     */
    Session(
            Path directory,
            List<String> command,
            String serialFile,
            Confinement.Cell cell,
            long consoleLimit,
            LongConsumer progress,
            @Nullable PanicPatterns patterns,
            @Nullable MergedLogFile merged,
            @Nullable Station from,
            @Nullable BatchWords words,
            Consumer<Process> started)
            throws InfrastructureException, IOException {
        this.directory = directory;
        this.words = words;
        this.progress = progress;
        this.merged = merged;
        this.serialFile = serialFile;
        this.driven = serialFile.equals(QemuCommandLine.OUTPUT);
        Runnable flooded = () -> happenings.add(new Happening.Flooded());
        this.console = new ConsoleReader(
                driven ? scanned(patterns, false) : spoken(scanned(patterns, false)), consoleLimit, flooded);
        this.serial = driven
                ? new ConsoleReader(spoken(scanned(patterns, true)), consoleLimit, flooded, this::takePrinted)
                : new ConsoleReader(scanned(patterns, true), consoleLimit, flooded);
        makeFifos(directory, fifos());
        read(QemuCommandLine.CONSOLE, in -> console.readAll(from == null ? in : behind(from.console(), in)));
        read(serialFile, in -> serial.readAll(from == null ? in : behind(from.serial(), in)));
        if (merged != null) {
            read(QemuCommandLine.MERGED, merged::writeAll);
        }
        try {
            this.qemu = QemuProcess.start(
                    command, directory, cell, event -> happenings.add(new Happening.Event(event)), process -> {
                        process.onExit().thenRun(() -> happenings.add(new Happening.Exited()));
                        started.accept(process);
                    });
        } catch (InfrastructureException e) {
            releaseReaders();
            throw e;
        }
    }

    /**
     * Starts the emulator with consoles that are plain files, which the caller reads.
     *
     * @param started told of the process at once
     */
    Session(Path directory, List<String> command, String serialFile, Confinement.Cell cell, Consumer<Process> started)
            throws InfrastructureException, IOException {
        this.directory = directory;
        this.serialFile = serialFile;
        this.driven = serialFile.equals(QemuCommandLine.OUTPUT);
        this.progress = passed -> {};
        this.words = null;
        this.merged = null;
        this.console = new ConsoleReader((line, start, end) -> {}, 0, () -> {});
        this.serial = new ConsoleReader((line, start, end) -> {}, 0, () -> {});
        for (String name : fifos()) {
            Files.deleteIfExists(directory.resolve(name));
        }
        if (driven) {
            Files.createFile(directory.resolve(serialFile)); // QEMU makes files, but no pipes
        }
        this.qemu = QemuProcess.start(
                command, directory, cell, event -> happenings.add(new Happening.Event(event)), process -> {
                    process.onExit().thenRun(() -> happenings.add(new Happening.Exited()));
                    started.accept(process);
                });
    }

    private static InputStream behind(String said, InputStream in) {
        return new SequenceInputStream(new ByteArrayInputStream(said.getBytes(StandardCharsets.ISO_8859_1)), in);
    }

    private List<String> fifos() {
        return List.of(QemuCommandLine.CONSOLE, serialFile, QemuCommandLine.MERGED);
    }

    /** Of a console on which the agent speaks: its words are taken, the others are console text. */
    private ConsoleReader.Lines spoken(ConsoleReader.Lines other) {
        return new ConsoleReader.Lines() {
            @Override
            public void take(String line, long start, long end) {
                if (!Session.this.take(line, start)) {
                    other.take(line, start, end);
                }
            }

            /** In the middle of a line there is no word. */
            @Override
            public void more(String piece, long start, long end) {
                other.take(piece, start, end);
            }
        };
    }

    private void takePrinted(byte[] bytes, int length) {
        printed.add(bytes, length);
        if (printedTold.compareAndSet(false, true)) {
            happenings.add(new Happening.Printed());
        }
    }

    /** What a driven guest has printed; after this call it is told again that there is more. */
    ConsoleText printed() {
        printedTold.set(false);
        return printed;
    }

    /** Whether it was the agent's. */
    private boolean take(String line, long start) {
        AgentLine said = AgentLine.parse(line).orElse(null);
        if (said == null || driven && said instanceof AgentLine.Refusal) {
            return false; // a shell refuses nothing: its kernel has spoken in the middle of its line
        }
        BatchWords batch = words;
        if (batch == null) {
            happenings.add(new Happening.Said(said));
            return true;
        }
        long before = batch.passed();
        BatchWords.Effect effect = batch.take(said, line, lines.incrementAndGet(), start);
        if (batch.passed() != before) {
            progress.accept(batch.passed());
            if (batch.passed() >= enough) {
                happenings.add(new Happening.Enough());
            }
        }
        if (effect == BatchWords.Effect.ENDS) {
            happenings.add(new Happening.Said(said));
        } else if (effect == BatchWords.Effect.BROKEN) {
            happenings.add(new Happening.Broken());
        }
        return true;
    }

    private ConsoleReader.Lines scanned(@Nullable PanicPatterns patterns, boolean ofSerial) {
        if (patterns == null) {
            return (line, start, end) -> {};
        }
        ReportScanner scanner = new ReportScanner(patterns);
        return (line, start, end) -> {
            boolean complete = scanner.complete();
            if (scanner.take(line, start, end)) {
                BatchWords batch = words;
                happenings.add(new Happening.Reported(
                        scanner, ofSerial, lines.incrementAndGet(), batch == null ? 0 : batch.passed()));
            }
            if (!complete && scanner.complete()) {
                happenings.add(new Happening.Completed());
            }
        };
    }

    /** What happened next, null when nothing did within {@code limit}. */
    @Nullable
    Happening next(Duration limit) throws InfrastructureException {
        try {
            return happenings.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InfrastructureException(InfrastructureTrouble.WORKER_STOPPED, "interrupted", e);
        }
    }

    /** From here on it is told when this iteration has passed. */
    void waitFor(long iteration) {
        enough = iteration;
    }

    /** The file that a console is written to: a pipe that is read here, or a plain one. */
    Path file(boolean ofSerial) {
        return directory.resolve(ofSerial ? serialFile : QemuCommandLine.CONSOLE);
    }

    /** Whether the agent speaks on the first serial port. */
    boolean driven() {
        return driven;
    }

    ConsoleReader console() {
        return console;
    }

    ConsoleReader serial() {
        return serial;
    }

    /**
     * The value with which the guest ended the emulator by the debug-exit device; null when the emulator is running, or ended for another
     * reason. QEMU exits with {@code value << 1 | 1}, of which a process can tell eight bits, and says nothing; when it gives up by itself,
     * with 1 as well, it says why.
     */
    @Nullable
    Integer debugExit() {
        return qemu.silentExit()
                .filter(status -> (status & 1) == 1)
                .map(status -> status >> 1)
                .orElse(null);
    }

    /** As {@link #debugExit}, of an emulator that seems to have just ended. @return whether the guest ended it */
    boolean awaitDebugExit() {
        try {
            qemu.onExit().get(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        return debugExit() != null;
    }

    /** Whether the process is gone. */
    boolean gone() {
        return qemu.onExit().isDone();
    }

    String describeExit() {
        return qemu.describeExit();
    }

    /** As {@link #describeExit}, of an emulator that seems to have just ended: its last words come a moment after its silence. */
    String describeEnd() throws InterruptedException {
        try {
            qemu.onExit().get(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            return describeExit();
        }
        return describeExit();
    }

    /** The instruction count, of a machine that records or replays. */
    long instructionCount() throws QmpException {
        return qemu.qmp()
                .execute("query-replay", Map.of(), COMMAND_LIMIT)
                .path("icount")
                .asLong(0);
    }

    /** Address of the next instruction. */
    long programCounter() throws QmpException {
        String registers = human("info registers");
        Matcher matcher = PROGRAM_COUNTER.matcher(registers);
        if (!matcher.find()) {
            throw new QmpException("the emulator tells no program counter");
        }
        return Long.parseUnsignedLong(matcher.group(1), 16);
    }

    /** Whether the processor waits for an interrupt. */
    boolean halted() throws QmpException {
        return human("info registers").contains("HLT=1");
    }

    /**
     * Waits until the machine stands still. Events alone do not tell: a panic is told before the processor has stopped.
     *
     * @param what runs, for the message
     * @throws InfrastructureException of kind {@code HOST_TIME_LIMIT} when it runs on beyond {@code limit}
     */
    void awaitPause(String what, Duration limit) throws InfrastructureException, QmpException {
        long end = System.nanoTime() + limit.toNanos();
        while (running()) {
            Happening happening = next(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
            if (happening == null) {
                throw new InfrastructureException(
                        InfrastructureTrouble.HOST_TIME_LIMIT,
                        what + " did not stop within " + limit.toMillis() + " ms");
            }
            if (happening instanceof Happening.Exited) {
                throw new InfrastructureException(
                        InfrastructureTrouble.EMULATOR_DIED, "the emulator died: " + describeExit());
            }
            if (happening instanceof Happening.Flooded) {
                throw Machine.flooded();
            }
        }
    }

    /**
     * Waits until a replay stands at its next stop. One that no longer moves never will: QEMU waits for an event that its recording does
     * not hold.
     *
     * @throws InfrastructureException of kind {@code HOST_TIME_LIMIT} when it stands still, or runs on beyond {@code limit}
     */
    void awaitReplayPause(Duration limit) throws InfrastructureException, QmpException {
        long end = System.nanoTime() + limit.toNanos();
        long count = -1;
        long moved = System.nanoTime();
        while (running()) {
            long now = System.nanoTime();
            if (now >= end) {
                throw new InfrastructureException(
                        InfrastructureTrouble.HOST_TIME_LIMIT,
                        "the replay did not stop within its limit; it came to instruction " + count);
            }
            if (now - moved > STANDS_STILL.toNanos()) {
                throw new InfrastructureException(
                        InfrastructureTrouble.HOST_TIME_LIMIT,
                        "the replay stands still at instruction " + count + ", for " + STANDS_STILL.toSeconds()
                                + " s: the recording ends there, or is not of this batch");
            }
            Happening happening = next(Duration.ofNanos(Math.min(REPLAY_POLL.toNanos(), end - now)));
            if (happening instanceof Happening.Exited) {
                throw new InfrastructureException(
                        InfrastructureTrouble.EMULATOR_DIED, "the emulator ended in the replay: " + describeExit());
            }
            if (happening instanceof Happening.Flooded) {
                throw Machine.flooded();
            }
            if (happening == null) {
                long seen = instructionCount();
                moved = seen == count ? moved : System.nanoTime();
                count = seen;
            }
        }
    }

    boolean running() throws QmpException {
        return qemu.qmp()
                .execute("query-status", Map.of(), COMMAND_LIMIT)
                .path("running")
                .asBoolean(false);
    }

    void resume() throws QmpException {
        qemu.qmp().execute("cont", Map.of(), COMMAND_LIMIT);
    }

    void pause() throws QmpException {
        qemu.qmp().execute("stop", Map.of(), COMMAND_LIMIT);
    }

    /** Lets a replay stop by itself at an instruction. */
    void breakAt(long instruction) throws QmpException {
        qemu.qmp().execute("replay-break", Map.of("icount", instruction), COMMAND_LIMIT);
    }

    /**
     * Sets the first serial port's receive queue to interrupt at 8 bytes, whatever the guest's driver chose. QEMU hands a 16550A no more bytes
     * at once than its trigger level, or one where the queue is off, and each further one when its main loop comes round: in the host's
     * time (hw/char/serial.c, {@code serial_can_receive}). The queue's level is part of a snapshot, so one that is taken behind this call
     * finds the whole line that starts a batch ({@link io.bohrwerk.emulator.script.LoopInput}) in the queue before it runs on.
     */
    void queueSerialInput() throws QmpException {
        demandSilence("o/b 0x3fa 0x81");
    }

    void saveSnapshot(String name) throws QmpException {
        demandSilence("savevm " + name);
    }

    void deleteSnapshot(String name) throws QmpException {
        demandSilence("delvm " + name);
    }

    /** Logs these classes from here on; {@code none} for no more. */
    void log(String classes) throws QmpException {
        demandSilence("log " + classes);
    }

    private void demandSilence(String line) throws QmpException {
        String answer = human(line).strip();
        if (!answer.isEmpty()) {
            throw new QmpException(line + ": " + answer);
        }
    }

    private String human(String line) throws QmpException {
        return qemu.qmp().human(line, SNAPSHOT_LIMIT);
    }

    /** Ends the emulator in an orderly way and reads its consoles to their end. */
    void end() throws IOException, InterruptedException, TimeoutException {
        qemu.end(COMMAND_LIMIT);
        drain();
    }

    /** Reads the consoles of an emulator that is gone to their end. */
    void drain() throws IOException, InterruptedException, TimeoutException {
        if (!awaitReaders(DRAIN_LIMIT)) {
            throw new TimeoutException("the console was not read to its end within " + DRAIN_LIMIT.toSeconds() + " s");
        }
        if (readerFailure != null) {
            throw readerFailure;
        }
    }

    @Override
    public void close() {
        qemu.close();
        releaseReaders();
    }

    private void releaseReaders() {
        try {
            awaitReaders(RELEASE_LIMIT);
        } catch (IOException e) {
            readerFailure = e; // nobody asks any more; the FIFOs go with their directory
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean awaitReaders(Duration limit) throws IOException, InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        for (Thread reader : readers) {
            do {
                openOnce();
                reader.join(READER_POLL.toMillis());
            } while (reader.isAlive() && System.nanoTime() < end);
            if (reader.isAlive()) {
                return false;
            }
        }
        return true;
    }

    /** A reader whose writer died before opening the FIFO would wait for ever: opening it for both lets it go, and blocks nobody. */
    private void openOnce() throws IOException {
        for (String name : fifos()) {
            FileChannel.open(
                            directory.resolve(name),
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE,
                            LinkOption.NOFOLLOW_LINKS)
                    .close();
        }
    }

    @FunctionalInterface
    private interface Sink {
        void readAll(InputStream in) throws IOException;
    }

    private void read(String fifo, Sink sink) {
        Thread thread = new Thread(
                () -> {
                    try (InputStream in = Files.newInputStream(directory.resolve(fifo))) {
                        try {
                            sink.readAll(in);
                        } catch (IOException e) {
                            readerFailure = e;
                            in.transferTo(java.io.OutputStream.nullOutputStream()); // never hold the emulator up
                        }
                    } catch (IOException e) {
                        readerFailure = e;
                    }
                },
                fifo);
        thread.setDaemon(true);
        thread.start();
        readers.add(thread);
    }

    static void makeFifos(Path directory, List<String> names) throws IOException {
        List<String> command = new ArrayList<>(List.of("mkfifo", "-m", "600"));
        for (String name : names) {
            Files.deleteIfExists(directory.resolve(name));
            command.add(name);
        }
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        try {
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (process.waitFor() != 0) {
                throw new IOException("mkfifo: " + said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while making FIFOs", e);
        }
    }
}
