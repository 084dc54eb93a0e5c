package io.bohrwerk.emulator;

import io.bohrwerk.emulator.console.AgentLine;
import io.bohrwerk.emulator.console.ConsoleReader;
import io.bohrwerk.emulator.console.ConsoleText;
import io.bohrwerk.emulator.qemu.Pipes;
import io.bohrwerk.emulator.qemu.QemuCommandLine;
import io.bohrwerk.emulator.qemu.QemuSession;
import io.bohrwerk.emulator.qmp.QmpEvent;
import io.bohrwerk.emulator.report.PanicPatterns;
import io.bohrwerk.emulator.report.ReportScanner;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What a running guest says: both consoles are read, the agent's words and the kernel's reports picked out of them. These come out of
 * {@link #next} in one order with QEMU's events and the end of its process.
 */
final class GuestVoice implements QemuSession.Listener {
    private final BlockingQueue<Happening> happenings = new LinkedBlockingQueue<>();
    private final Interest interest;
    private final boolean driven;
    private final ConsoleReader console;
    private final ConsoleReader serial;
    /** What a driven guest has printed. */
    private final ConsoleText printed = new ConsoleText();
    /** Whether its driver knows that there is more. */
    private final AtomicBoolean printedTold = new AtomicBoolean();
    /** Numbers the lines of both consoles as they are read. */
    private final AtomicLong lines = new AtomicLong();

    private volatile boolean flooded;

    /**
     * What is listened for.
     *
     * @param words take what the agent says in a batch; null while there is none
     * @param progress told how many iterations have passed, as the agent reports it
     * @param patterns how the guest's kernel reports trouble; null when nobody wants to know
     * @param from where the machine resumes in the middle of a batch: what the guest had said is read again first; null at the beginning
     * @param enough the iteration whose pass is told as {@link Happening.Enough}
     */
    record Interest(
            @Nullable BatchWords words,
            LongConsumer progress,
            @Nullable PanicPatterns patterns,
            @Nullable Station from,
            long enough) {
        /** Of a guest that has no batch yet. */
        static Interest none() {
            return new Interest(null, passed -> {}, null, null, Long.MAX_VALUE);
        }

        /** The agent's words only. */
        static Interest in(BatchWords words) {
            return new Interest(words, passed -> {}, null, null, Long.MAX_VALUE);
        }

        static Interest in(BatchWords words, LongConsumer progress, PanicPatterns patterns) {
            return new Interest(words, progress, patterns, null, Long.MAX_VALUE);
        }
    }

    /**
     * @param driven whether the guest is driven over its serial console: then the agent speaks there, not on port 0xe9
     * @param consoleLimit bytes that the guest may print on each console
     */
    GuestVoice(boolean driven, long consoleLimit, Interest interest) {
        this.driven = driven;
        this.interest = interest;
        this.console = new ConsoleReader(driven ? reports(false) : spoken(reports(false)), consoleLimit, this::flood);
        this.serial = driven
                ? new ConsoleReader(spoken(reports(true)), consoleLimit, this::flood, this::print)
                : new ConsoleReader(reports(true), consoleLimit, this::flood);
    }

    /** Reads both consoles. @param serialFile by which the emulator writes the first serial port */
    Map<String, Pipes.Sink> sinks(String serialFile) {
        Station from = interest.from();
        return Map.of(
                QemuCommandLine.CONSOLE,
                in -> console.readAll(from == null ? in : behind(from.console(), in)),
                serialFile,
                in -> serial.readAll(from == null ? in : behind(from.serial(), in)));
    }

    private static InputStream behind(String said, InputStream in) {
        return new SequenceInputStream(new ByteArrayInputStream(said.getBytes(StandardCharsets.ISO_8859_1)), in);
    }

    /** For a console on which the agent speaks: its words are taken, the other lines are console text. */
    private ConsoleReader.Lines spoken(ConsoleReader.Lines other) {
        return new ConsoleReader.Lines() {
            @Override
            public void take(String line, long start, long end) {
                if (!hear(line, start)) {
                    other.take(line, start, end);
                }
            }

            /** No word begins in the middle of a line. */
            @Override
            public void more(String piece, long start, long end) {
                other.take(piece, start, end);
            }
        };
    }

    /** @return whether the line was the agent's */
    private boolean hear(String line, long start) {
        AgentLine said = AgentLine.parse(line).orElse(null);
        if (said == null || driven && said instanceof AgentLine.Refusal) {
            return false; // a shell refuses nothing: its kernel printed in the middle of its line
        }
        BatchWords batch = interest.words();
        if (batch == null) {
            happenings.add(new Happening.Said(said));
            return true;
        }
        long before = batch.passed();
        BatchWords.Effect effect = batch.take(said, line, lines.incrementAndGet(), start);
        if (batch.passed() != before) {
            interest.progress().accept(batch.passed());
            if (batch.passed() >= interest.enough()) {
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

    private ConsoleReader.Lines reports(boolean ofSerial) {
        PanicPatterns patterns = interest.patterns();
        if (patterns == null) {
            return (line, start, end) -> {};
        }
        ReportScanner scanner = new ReportScanner(patterns);
        return (line, start, end) -> {
            boolean complete = scanner.complete();
            if (scanner.take(line, start, end)) {
                BatchWords batch = interest.words();
                happenings.add(new Happening.Reported(
                        scanner, ofSerial, lines.incrementAndGet(), batch == null ? 0 : batch.passed()));
            }
            if (!complete && scanner.complete()) {
                happenings.add(new Happening.Completed());
            }
        };
    }

    private void print(byte[] bytes, int length) {
        printed.add(bytes, length);
        if (printedTold.compareAndSet(false, true)) {
            happenings.add(new Happening.Printed());
        }
    }

    private void flood() {
        flooded = true;
        happenings.add(new Happening.Flooded());
    }

    @Override
    public void event(QmpEvent event) {
        happenings.add(new Happening.Event(event));
    }

    @Override
    public void exited() {
        happenings.add(new Happening.Exited());
    }

    @Override
    public @Nullable InfrastructureException trouble() {
        return flooded ? flooded() : null;
    }

    static InfrastructureException flooded() {
        return new InfrastructureException(
                InfrastructureTrouble.CONSOLE_FLOOD, "the guest printed more than its console may hold");
    }

    /** What happened next; null when nothing did within {@code limit}. */
    @Nullable
    Happening next(Duration limit) throws InfrastructureException {
        try {
            return happenings.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InfrastructureException(InfrastructureTrouble.WORKER_STOPPED, "interrupted", e);
        }
    }

    /** What a driven guest has printed. After this call {@link Happening.Printed} tells again that there is more. */
    ConsoleText printed() {
        printedTold.set(false);
        return printed;
    }

    /** Whether the agent speaks on the first serial port. */
    boolean driven() {
        return driven;
    }

    /** Port 0xe9. */
    ConsoleReader console() {
        return console;
    }

    /** The first serial port. */
    ConsoleReader serial() {
        return serial;
    }
}
