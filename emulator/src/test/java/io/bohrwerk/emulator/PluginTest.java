package io.bohrwerk.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.emulator.plugin.PluginLine;
import io.bohrwerk.emulator.plugin.PluginStop;
import io.bohrwerk.emulator.plugin.PluginStream;
import io.bohrwerk.emulator.qemu.Confinement;
import io.bohrwerk.emulator.qemu.Execution;
import io.bohrwerk.emulator.qemu.Installation;
import io.bohrwerk.emulator.qemu.Instrument;
import io.bohrwerk.emulator.qemu.Launch;
import io.bohrwerk.emulator.qemu.MachineFile;
import io.bohrwerk.emulator.qemu.Pipes;
import io.bohrwerk.emulator.qemu.PluginOptions;
import io.bohrwerk.emulator.qemu.QemuCommandLine;
import io.bohrwerk.emulator.qemu.QemuSession;
import io.bohrwerk.emulator.qmp.QmpEvent;
import io.bohrwerk.mergedlog.elf.ElfSymbols;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.schedule.Align;
import io.bohrwerk.protocol.schedule.Schedule;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The plugin in a confined emulator, in replays of a small batch. Where QEMU itself can tell, that is what it is held against. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PluginTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Pattern EXECUTED =
            Pattern.compile("Trace \\d+: 0x[0-9a-f]+ \\[[0-9a-f]+/([0-9a-f]+)/[0-9a-f]+/([0-9a-f]+)\\].*");
    /** CF_NOIRQ: bit 20 in 7.2, bit 16 in 10.0; each has the other's bit clear in the blocks that are logged here. */
    private static final int TRIED_AGAIN = 0x11_0000;

    private static final Pattern INTERRUPTED = Pattern.compile(" *\\d+: v=([0-9a-f]+) .* pc=([0-9a-f]+) .*");

    private Emulator emulator;
    private TargetFiles target;
    private Path ready;
    private Path recording;
    private Batch batch;
    private long first;
    private long last;

    /** The QEMU to try. */
    Installation installation() {
        return Installation.SYSTEM;
    }

    @BeforeAll
    void record(@TempDir Path directory) throws Exception {
        emulator = Emulator.open(EmulatorSettings.in(directory.resolve("machines")), installation());
        target = Guests.race("race-stale-debug-register");
        int shift = target.manifest().machine().bootShift();
        ready = directory.resolve("ready.qcow2");
        recording = directory.resolve("recording");
        batch = new Batch(Schedule.listed(shift, List.of(1_600L, 1_600L, 1_600L), Align.TICK), 3, 3);
        try (Machine machine = emulator.machine(target)) {
            Files.move(machine.prepare(), ready);
            BatchRun run = machine.run(ready, batch, passed -> {});
            assertThat(run.outcome()).isEqualTo(Outcome.PASSED);
            first = run.firstInstruction();
            last = run.lastInstruction();
            Files.copy(run.recording(), recording);
        }
    }

    @AfterAll
    void close() throws Exception {
        if (emulator != null) {
            emulator.close();
        }
    }

    /** A replay under way, in a directory of its own. */
    private final class Replay implements AutoCloseable, QemuSession.Listener {
        final Path home = emulator.newDirectory("plugin-test");
        final List<PluginLine> lines = new ArrayList<>();
        final PluginStop stop = new PluginStop();
        final CountDownLatch stopped = new CountDownLatch(1);
        final QemuSession session;

        Replay(@Nullable PluginOptions options, Map<String, Pipes.Sink> sinks) throws Exception {
            this(options, sinks, new Execution.Replayed(batch.schedule().shift()));
        }

        Replay(@Nullable PluginOptions options, Map<String, Pipes.Sink> sinks, Execution execution) throws Exception {
            Confinement.Cell cell = emulator.cell();
            assertThat(emulator.lendPlugin(target.manifest().machine().arch(), cell))
                    .isTrue();
            target.lendTo(cell);
            new MachineFiles(target, home).layOut(ready, batch, recording);
            Launch launch = Launch.from(QemuCommandLine.READY, execution);
            Map<String, Pipes.Sink> all = new HashMap<>(sinks);
            if (options == null) {
                launch = launch.with(new Instrument.OwnLog());
            } else {
                launch = launch.with(new Instrument.Plugin(options));
                all.put(PluginOptions.OUT, new PluginStream(line -> {
                    lines.add(line);
                    stop.accept(line);
                }));
            }
            session = QemuSession.start(
                    new QemuSession.Home(
                            emulator.qemu(target.manifest().machine().arch()),
                            target.manifest(),
                            home,
                            cell,
                            process -> {}),
                    launch,
                    all,
                    this);
        }

        @Override
        public void event(QmpEvent event) {
            if (BatchWatch.stopsForGood(event)) {
                stopped.countDown();
            }
        }

        @Override
        public void exited() {
            stopped.countDown();
        }

        @Override
        public @Nullable InfrastructureException trouble() {
            return null;
        }

        /** Runs it to its end. @return how many instructions QEMU has counted */
        long finish() throws Exception {
            session.resume();
            assertThat(stopped.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            session.awaitPause(LIMIT);
            long count = session.instructionCount() - first;
            session.end();
            return count;
        }

        String console() throws Exception {
            return new String(
                    MachineFile.head(home.resolve(QemuCommandLine.CONSOLE), 1 << 20), StandardCharsets.ISO_8859_1);
        }

        <T extends PluginLine> List<T> all(Class<T> kind) {
            return lines.stream().filter(kind::isInstance).map(kind::cast).toList();
        }

        @Override
        public void close() throws Exception {
            session.close();
            emulator.removeDirectory(home);
        }
    }

    /** Stops the replay by QEMU's own means. @return the registers there */
    private String registersAt(long count) throws Exception {
        try (Replay replay = new Replay(null, Map.of())) {
            replay.session.breakAt(first + count, LIMIT);
            replay.session.resume();
            replay.session.awaitPause(LIMIT);
            assertThat(replay.session.instructionCount()).isEqualTo(first + count);
            return replay.session.registers();
        }
    }

    @Test
    void countsWhatQemuCountsAndIsNotSeenByTheGuest() throws Exception {
        long counted;
        String console;
        try (Replay plain = new Replay(null, Map.of())) {
            counted = plain.finish();
            console = plain.console();
        }
        assertThat(counted).isEqualTo(last - first);
        assertThat(console).contains("@bw done 3");
        try (Replay replay =
                new Replay(PluginOptions.NONE.counting().withSwitches().tracing(Long.MAX_VALUE), Map.of())) {
            replay.session.log("int");
            assertThat(replay.finish()).isEqualTo(counted);
            assertThat(replay.console()).isEqualTo(console);
            assertThat(replay.lines).first().isInstanceOf(PluginLine.Start.class);
            assertThat(replay.all(PluginLine.Switch.class)).hasSize(1);
            assertThat(replay.all(PluginLine.End.class)).containsExactly(new PluginLine.End(counted));
            // instructions begun: a debug register's watchpoint has one begun again
            assertThat(replay.all(PluginLine.Count.class).get(0).count()).isBetween(counted, counted + 100);
        }
    }

    /** Each instruction outside of interrupts' handlers, between the ends of two delays, as often as QEMU's execution log has it. */
    @Test
    void tracesWhatTheExecutionLogTells() throws Exception {
        Map<Long, Long> traced = new HashMap<>();
        long from;
        long to;
        List<PluginLine.Interrupt> interrupts;
        try (Replay replay = new Replay(
                PluginOptions.NONE
                        .tracing(Long.MAX_VALUE)
                        .withDelays(QemuCommandLine.DELAYS)
                        .keeping(1, 2),
                Map.of())) {
            replay.session.log("int");
            replay.finish();
            for (PluginLine.Row row : replay.all(PluginLine.Row.class)) {
                long pc = row.pc();
                for (byte size : row.sizes()) {
                    traced.merge(pc, row.count(), Long::sum);
                    pc += size;
                }
            }
            List<PluginLine.Delay> delays = replay.all(PluginLine.Delay.class);
            from = delays.get(0).count();
            to = delays.get(1).count();
            interrupts = replay.all(PluginLine.Interrupt.class);
        }
        ExecutionLog log = new ExecutionLog(from, to);
        try (Replay replay = new Replay(null, Map.of(QemuCommandLine.MERGED, log))) {
            replay.session.oneInstructionPerBlock();
            replay.session.log("exec,nochain,int");
            replay.finish();
        }
        assertThat(traced).isEqualTo(log.executions);
        assertThat(log.interrupts.subList(0, interrupts.size())).isEqualTo(interrupts);
    }

    /** QEMU's log of {@code exec,nochain,int} with blocks of one instruction. */
    private static final class ExecutionLog implements Pipes.Sink {
        final Map<Long, Long> executions = new HashMap<>();
        final List<PluginLine.Interrupt> interrupts = new ArrayList<>();
        private final long from;
        private final long to;

        ExecutionLog(long from, long to) {
            this.from = from;
            this.to = to;
        }

        @Override
        public void readAll(InputStream in) throws java.io.IOException {
            BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.ISO_8859_1));
            long count = 0;
            long pc = 0;
            long handlerReturns = -1;
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                Matcher executed = EXECUTED.matcher(line);
                Matcher interrupted = INTERRUPTED.matcher(line);
                if (line.startsWith("Stopped execution")) {
                    count--; // of the instruction before: it is executed later
                    executions.computeIfPresent(pc, (at, times) -> times == 1 ? null : times - 1);
                } else if (executed.matches()) {
                    long next = Long.parseUnsignedLong(executed.group(1), 16);
                    handlerReturns = next == handlerReturns ? -1 : handlerReturns;
                    // an instruction that met a watchpoint is begun once more
                    boolean again = next == pc && (Integer.parseUnsignedInt(executed.group(2), 16) & TRIED_AGAIN) != 0;
                    pc = next;
                    if (!again) {
                        if (handlerReturns == -1 && count >= from && count < to) {
                            executions.merge(pc, 1L, Long::sum);
                        }
                        count++;
                    }
                } else if (interrupted.matches()) {
                    int vector = Integer.parseInt(interrupted.group(1), 16);
                    long at = Long.parseUnsignedLong(interrupted.group(2), 16);
                    if (vector >= 32 && line.contains(" i=0 ")) {
                        interrupts.add(new PluginLine.Interrupt(vector, count, at, 0));
                        handlerReturns = at;
                    }
                }
            }
        }
    }

    /** A run that is neither recorded nor replayed, as of several CPUs; it goes the recorded way. */
    private Replay stopped(long count) throws Exception {
        Replay run = new Replay(
                PluginOptions.NONE.stoppingAt(count),
                Map.of(),
                new Execution.Counted(batch.schedule().shift()));
        run.session.oneInstructionPerBlock();
        run.session.resume();
        assertThat(run.stop.await(LIMIT)).isInstanceOf(PluginLine.At.class);
        run.stop.stop(run.session, run.home);
        return run;
    }

    @Test
    void stopsAtTheVeryInstruction() throws Exception {
        long test = hit(PluginOptions.NONE.untilExecuted(race(), 0)).count();
        for (long count : List.of(1L, 1_001L, test)) {
            try (Replay run = stopped(count)) {
                assertThat(run.session.registers()).isEqualTo(registersAt(count));
                run.session.saveSnapshot("there");
                run.session.end();
            }
        }
    }

    @Test
    void findsTheNextAndTheLastExecution() throws Exception {
        long test = race();
        PluginLine.Hit next = hit(PluginOptions.NONE.untilExecuted(test, 0));
        assertThat(registersAt(next.count())).contains(String.format("EIP=%08x", test));
        PluginLine.Hit second = hit(PluginOptions.NONE.untilExecuted(test, next.count() + 1));
        assertThat(second.count()).isGreaterThan(next.count());
        assertThat(hit(PluginOptions.NONE.lastExecuted(test, second.count()))).isEqualTo(next);
        PluginLine.Hit latest = hit(PluginOptions.NONE.lastExecuted(test, last - first));
        assertThat(latest.count()).isGreaterThan(second.count());
        // by now a watchpoint has had an instruction begun twice, which QEMU's own count does not have
        try (Replay run = stopped(latest.count())) {
            assertThat(run.session.registers()).contains(String.format("EIP=%08x", test));
        }
        try (Replay replay = new Replay(PluginOptions.NONE.lastExecuted(test, next.count()), Map.of())) {
            replay.session.resume();
            assertThat(replay.stop.await(LIMIT)).isInstanceOf(PluginLine.None.class);
        }
    }

    /** The return address that the call of the test has put on the stack. */
    @Test
    void findsTheLastWrite() throws Exception {
        PluginLine.Hit called = hit(PluginOptions.NONE.untilExecuted(race(), 0));
        Matcher stack = Pattern.compile("ESP=([0-9a-f]{8})").matcher(registersAt(called.count()));
        assertThat(stack.find()).isTrue();
        PluginLine.Hit write =
                hit(PluginOptions.NONE.lastWritten(Long.parseLong(stack.group(1), 16), Integer.BYTES, called.count()));
        assertThat(write.count()).isEqualTo(called.count() - 1);
        assertThat(registersAt(write.count())).contains(String.format("EIP=%08x", write.pc()));
    }

    private long race() throws Exception {
        Path kernel = target.directory().resolve("kernel.elf");
        ElfSymbols symbols = ElfSymbols.read(kernel);
        try (Machine machine = emulator.machine(target)) {
            TestTracing.Result traced = TestTracing.run(
                    machine, ready, target.manifest(), batch.schedule().shift());
            return Objects.requireNonNull(traced.plan().trace()).places().stream()
                    .mapToLong(place -> place.pc())
                    .filter(pc -> {
                        var at = symbols.at(pc);
                        return at != null && at.symbol().equals("race_test") && at.offset() == 0;
                    })
                    .findFirst()
                    .orElseThrow();
        }
    }

    private PluginLine.Hit hit(PluginOptions options) throws Exception {
        try (Replay replay = new Replay(options, Map.of())) {
            replay.session.resume();
            return (PluginLine.Hit) replay.stop.await(LIMIT);
        }
    }
}
